"""The pretend WeChat of `machines.py`, in a process of its own, with a crowd: `… PEOPLE --port PORT`."""

import sys

from django_wechat.simulator.__main__ import main
from django_wechat.simulator.platform import get_platform
from django_wechat.simulator.world.people import Person

if __name__ == "__main__":
    for number in range(int(sys.argv[1])):
        get_platform().people[f"person-{number}"] = Person(f"person-{number}", f"Person {number}")
    main(sys.argv[2:])
