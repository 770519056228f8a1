"""Life cycles of people and grants."""

from minsheng.identity.models import Grant, User
from minsheng.identity.schemas import PasswordResetIn
from minsheng.identity.service import reset_password, within_reach
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Conflict
from minsheng.kernel.lifecycle import Lifecycle, Move
from minsheng.permissions import P


def _not_oneself(session: Session, user: User) -> None:
    if session.caller and session.caller.user_id == user.id:
        message = "不能停用自己的账号。"
        raise Conflict(message)


def _end_sessions(_session: Session, user: User, _body: object) -> None:
    user.epoch += 1


USER = Lifecycle(
    User,
    "active",
    {
        "disable": Move(
            frozenset({"active"}),
            "disabled",
            P.USER_EDIT,
            "停用",
            "停用账号",
            guards=[_not_oneself, within_reach],
            effects=[_end_sessions],
        ),
        "enable": Move(frozenset({"disabled"}), "active", P.USER_EDIT, "启用", "重新启用账号", guards=[within_reach]),
        "reset-password": Move(
            frozenset({"active"}),
            "active",
            P.USER_EDIT,
            "重设密码",
            "设新的初始密码并使其全部会话失效",
            takes=PasswordResetIn,
            guards=[within_reach],
            effects=[lambda session, user, body: reset_password(session, user, body.password)],
        ),
    },
    final=frozenset(),
)

GRANT = Lifecycle(
    Grant,
    "active",
    {"revoke": Move(frozenset({"active"}), "revoked", P.GRANT_EDIT, "收回", "收回授权，立即生效")},
    final=frozenset({"revoked"}),
)
