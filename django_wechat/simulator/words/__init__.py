"""In which words do the simulator's pages speak? English and simplified Chinese, side by side."""
