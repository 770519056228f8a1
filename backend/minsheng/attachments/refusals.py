"""How a file is refused."""

from minsheng.kernel.errors import FieldError, Invalid


class FileRefused(Invalid):
    """The content is of no kind that is let in, or does harm; nothing of it is kept."""

    code, title = "file-refused", "文件未被接受"


def refused(code: str, message: str) -> FileRefused:
    """Return the refusal with its reason."""
    return FileRefused(message, errors=[FieldError(pointer="", code=code, message=message)])
