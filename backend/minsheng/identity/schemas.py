"""People and authority as they travel."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from minsheng.kernel.fields import Code, Day, In, Line, Out
from minsheng.kernel.lifecycle import Action
from minsheng.permissions import Axis, P

Password = Annotated[str, Field(min_length=12, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$")]
Username = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{2,49}$", examples=["liushi-clerk"])]


class LoginIn(In):
    """A name and a password."""

    username: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")] = Field(
        examples=["liushi-clerk"]
    )
    password: Annotated[str, Field(min_length=1, max_length=128)] = Field(examples=["minsheng-demo-2026"])


class MeUser(Out):
    """Who is logged in."""

    id: UUID
    username: str = Field(examples=["liushi-clerk"])
    name: str = Field(examples=["林知远"])
    unit_id: UUID
    unit_name: str = Field(examples=["柳市镇"])
    tier: str = Field(examples=["township"])


class MeGrant(Out):
    """A role held now."""

    unit_id: UUID
    unit_name: str = Field(examples=["柳市镇"])
    role_code: str = Field(examples=["clerk"])
    role_name: str = Field(examples=["填报员"])


class Me(Out):
    """The caller, his roles and the permissions he holds anywhere."""

    user: MeUser
    grants: list[MeGrant]
    permissions: list[str] = Field(examples=[["report.edit", "report.read"]])
    today: Day
    must_change_password: bool = Field(examples=[False])


class DemoAccount(Out):
    """An account of the sample data."""

    username: str = Field(examples=["liushi-clerk"])
    name: str = Field(examples=["林知远"])
    unit_name: str = Field(examples=["柳市镇"])
    role_name: str = Field(examples=["填报员"])


class PasswordIn(In):
    """Change one's own password."""

    current: Annotated[str, Field(min_length=1, max_length=128)]
    new: Password = Field(description="至少 12 个字符", examples=["correct-horse-battery"])


class AuthorizeIn(In):
    """Consent of the person who is logged in, for a client with PKCE (RFC 7636)."""

    client_id: Literal["mobile", "cli"] = Field(examples=["cli"])
    code_challenge: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")] = Field(
        examples=["E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"]
    )
    code_challenge_method: Literal["S256"] = "S256"


class CodeOut(Out):
    """An authorization code, good once for a minute."""

    code: str = Field(examples=["Yb0q…"])
    expires_in: int = Field(examples=[60])


class TokenOut(Out):
    """Tokens (RFC 6749)."""

    access_token: str = Field(examples=["eyJ…"])
    token_type: Literal["Bearer"] = Field(examples=["Bearer"])
    expires_in: int = Field(description="秒", examples=[900])
    refresh_token: str = Field(examples=["9f…"])


class UserIn(In):
    """A new person."""

    username: Username
    name: Line = Field(examples=["林知远"])
    unit_id: UUID = Field(description="所在机构")
    password: Password = Field(description="初始密码；首次登录须修改", examples=["change-me-at-once"])


class UserPatch(In):
    """What may change of a person."""

    name: Line | None = None
    unit_id: UUID | None = None


class PasswordResetIn(In):
    """A new first password, set by the administrator."""

    password: Password = Field(description="新的初始密码；登录后须修改", examples=["change-me-at-once"])


class UserOut(Out):
    """A person."""

    id: UUID
    version: int = Field(examples=[1])
    username: str = Field(examples=["liushi-clerk"])
    name: str = Field(examples=["林知远"])
    unit_id: UUID
    unit_name: str | None = Field(description="机构名称；不在您的范围内时为 null", examples=["柳市镇"])
    status: Literal["active", "disabled"] = Field(examples=["active"])
    actions: list[Action]


class PermissionOut(Out):
    """One permission of the list."""

    code: P = Field(examples=["report.edit"])
    label: str = Field(examples=["填报"])


class RolePermissionIn(In):
    """A permission on an axis."""

    permission: P = Field(examples=["report.edit"])
    axis: Axis = Field(default=Axis.AREA, examples=["area"])


class RoleIn(In):
    """A role of the place's own."""

    code: Code = Field(examples=["village-secretary"])
    name: Line = Field(examples=["村文书"])
    permissions: Annotated[list[RolePermissionIn], Field(max_length=100)]


class RolePatch(In):
    """A role's new name or permissions (the whole list)."""

    name: Line | None = None
    permissions: Annotated[list[RolePermissionIn], Field(max_length=100)] | None = None


class RoleOut(Out):
    """A role."""

    id: UUID
    version: int = Field(examples=[1])
    code: str = Field(examples=["clerk"])
    name: str = Field(examples=["填报员"])
    permissions: list[RolePermissionIn]


class GrantIn(In):
    """A role for a person at a unit."""

    user_id: UUID
    role_id: UUID
    unit_id: UUID
    valid_from: Day | None = Field(default=None, description="生效日；省略为今天")
    valid_to: Day | None = Field(default=None, description="到期日（含）;省略为长期")


class GrantOut(Out):
    """A grant."""

    id: UUID
    version: int = Field(examples=[1])
    user_id: UUID
    user_name: str | None = Field(examples=["林知远"])
    role_id: UUID
    role_name: str | None = Field(examples=["填报员"])
    unit_id: UUID
    unit_name: str | None = Field(examples=["柳市镇"])
    valid_from: Day
    valid_to: Day | None
    status: Literal["active", "revoked"] = Field(examples=["active"])
    actions: list[Action]
