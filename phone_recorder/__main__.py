"""`python -m phone_recorder` is `phone-recorder`."""

from phone_recorder.cli.main import main

main()
