"""What `./run` refuses to do, as one clear line and an exit code."""


class Refusal(Exception):
    """Something that the person who typed `./run` has to change; the message is one line for them."""

    exit_code = 2


class Failure(Refusal):
    """Something that went wrong although the settings were fine."""

    exit_code = 1
