"""WeChat's own protocol, spoken without Django."""
