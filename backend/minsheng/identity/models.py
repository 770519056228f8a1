"""People, roles as rows, grants at a unit, and what proves who is asking."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from minsheng.kernel.access import Open, Private, Scoped
from minsheng.kernel.db import Instant, Row
from minsheng.permissions import P

_TRACELESS = "登录凭据只由身份模块使用；其动作另记入变更记录"


class User(Row, table=True):
    """A person with an account, at home in one unit."""

    __tablename__ = "user_account"
    __scope__ = Scoped(read=P.USER_READ)
    __secret__ = frozenset({"password_hash"})
    __authority__ = True
    __table_args__ = (Index("ix_user_account_unit_id_id", "unit_id", "id"),)

    username: str = Field(nullable=False, unique=True)
    name: str = Field(nullable=False)
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    status: str = Field(default="active", nullable=False)
    password_hash: str = Field(nullable=False)
    must_change_password: bool = Field(default=True, nullable=False)
    epoch: int = Field(default=1, nullable=False)
    demo_role: str | None = None


class Role(Row, table=True):
    """A named set of permissions."""

    __scope__ = Open("角色名称人人可见，授权界面与审计都要用", edit=P.ROLE_EDIT)
    __authority__ = True

    code: str = Field(nullable=False, unique=True)
    name: str = Field(nullable=False)


class RolePermission(Row, table=True):
    """One permission of a role on one axis; struck out by ``active``, never deleted."""

    __tablename__ = "role_permission"
    __scope__ = Open("角色包含哪些权限人人可见", edit=P.ROLE_EDIT)
    __authority__ = True
    __table_args__ = (UniqueConstraint("role_id", "permission", "axis"),)

    role_id: UUID = Field(nullable=False, foreign_key="role.id")
    permission: str = Field(nullable=False)
    axis: str = Field(nullable=False)
    active: bool = Field(default=True, nullable=False)


class Grant(Row, table=True):
    """A role given to a person at a unit, from a day, perhaps to a day."""

    __tablename__ = "role_grant"
    __scope__ = Scoped(read=P.USER_READ)
    __authority__ = True
    __table_args__ = (Index("ix_role_grant_unit_id_id", "unit_id", "id"), Index("ix_role_grant_user_id", "user_id"))

    user_id: UUID = Field(nullable=False, foreign_key="user_account.id")
    role_id: UUID = Field(nullable=False, foreign_key="role.id")
    unit_id: UUID = Field(nullable=False, foreign_key="unit.id")
    valid_from: date = Field(nullable=False)
    valid_to: date | None = None
    status: str = Field(default="active", nullable=False)


class LoginSession(SQLModel, table=True):
    """A browser that is logged in; only the hash of its cookie is kept."""

    __tablename__ = "login_session"
    __scope__ = Private(_TRACELESS)

    id: UUID = Field(primary_key=True)
    token_hash: str = Field(nullable=False, unique=True)
    user_id: UUID = Field(nullable=False, foreign_key="user_account.id", index=True)
    epoch: int = Field(nullable=False)
    created_at: datetime = Field(sa_type=Instant, nullable=False)
    expires_at: datetime = Field(sa_type=Instant, nullable=False)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class LoginThrottle(SQLModel, table=True):
    """Failed attempts by the hash of the name typed, so that unknown names look like known ones."""

    __tablename__ = "login_throttle"
    __scope__ = Private(_TRACELESS)

    name_hash: str = Field(primary_key=True)
    attempts: int = Field(nullable=False)
    since: datetime = Field(sa_type=Instant, nullable=False)


class TokenFamily(SQLModel, table=True):
    """Everything that grew from one consent of one person to one client."""

    __tablename__ = "token_family"
    __scope__ = Private(_TRACELESS)

    id: UUID = Field(primary_key=True)
    user_id: UUID = Field(nullable=False, foreign_key="user_account.id", index=True)
    client_id: str = Field(nullable=False)
    epoch: int = Field(nullable=False)
    created_at: datetime = Field(sa_type=Instant, nullable=False)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class TokenSecret(SQLModel, table=True):
    """An authorization code or refresh token, by its hash; each is good once."""

    __tablename__ = "token_secret"
    __scope__ = Private(_TRACELESS)

    secret_hash: str = Field(primary_key=True)
    family_id: UUID = Field(nullable=False, foreign_key="token_family.id", index=True)
    kind: str = Field(nullable=False)
    challenge: str | None = None
    expires_at: datetime = Field(sa_type=Instant, nullable=False)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
