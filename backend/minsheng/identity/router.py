"""People, roles and grants over HTTP."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import col, select

from minsheng.identity import service
from minsheng.identity.models import Grant, Role, User
from minsheng.identity.policy import GRANT, USER
from minsheng.identity.schemas import (
    GrantIn,
    GrantOut,
    PermissionOut,
    RoleIn,
    RoleOut,
    RolePatch,
    UserIn,
    UserOut,
    UserPatch,
)
from minsheng.kernel import rows
from minsheng.kernel.access import Session
from minsheng.kernel.door import IfMatch, allow
from minsheng.kernel.http import Route
from minsheng.kernel.pages import Page, Paging
from minsheng.org.service import unit_names
from minsheng.permissions import LABELS, P

router = APIRouter(tags=["identity"], route_class=Route)


def present_users(session: Session, users: Sequence[User]) -> list[UserOut]:
    """Return people with the names of their units and their buttons."""
    names = unit_names(session, {user.unit_id for user in users})
    return [
        UserOut(
            id=user.id,
            version=user.version,
            username=user.username,
            name=user.name,
            unit_id=user.unit_id,
            unit_name=names.get(user.unit_id),
            status=user.status,  # type: ignore[arg-type]
            actions=USER.actions(session, user),
        )
        for user in users
    ]


def present_grants(session: Session, grants: Sequence[Grant]) -> list[GrantOut]:
    """Return grants with the names they stand for."""
    names = unit_names(session, {grant.unit_id for grant in grants})
    users = dict(session.exec(select(User.id, User.name).where(col(User.id).in_({g.user_id for g in grants}))).all())
    roles = dict(session.exec(select(Role.id, Role.name)).all())
    return [
        GrantOut(
            **grant.model_dump(),
            user_name=users.get(grant.user_id),
            role_name=roles.get(grant.role_id),
            unit_name=names.get(grant.unit_id),
            actions=GRANT.actions(session, grant),
        )
        for grant in grants
    ]


@router.get("/permissions", summary="权限清单", operation_id="listPermissions")
def list_permissions(_session: Annotated[Session, allow(P.USER_READ)]) -> list[PermissionOut]:
    """Return every permission a role may hold."""
    return [PermissionOut(code=code, label=label) for code, label in LABELS.items()]


@router.get("/users", summary="人员列表", operation_id="listUsers")
def list_users(
    page: Paging,
    session: Annotated[Session, allow(P.USER_READ)],
    unit_id: Annotated[UUID | None, Query(description="所在机构")] = None,
) -> Page[UserOut]:
    """People of the caller's area."""
    statement = select(User)
    if unit_id:
        statement = statement.where(User.unit_id == unit_id)
    found: Sequence[User] = session.exec(page.apply(statement, (User.username, User.id))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda user: (user.username, user.id))
    return Page(items=present_users(session, found), next=following)


@router.post("/users", status_code=201, summary="新增人员", operation_id="createUser")
def create_user(body: UserIn, response: Response, session: Annotated[Session, allow(P.USER_EDIT)]) -> UserOut:
    """Add a person with a first password that must be changed."""
    user = service.create_user(session, body)
    rows.tag(response, user)
    return present_users(session, [user])[0]


@router.get("/users/{id}", summary="一个人员", operation_id="getUser")
def get_user(id: UUID, response: Response, session: Annotated[Session, allow(P.USER_READ)]) -> UserOut:  # noqa: A002
    """Return one person."""
    user = rows.fetch(session, User, id)
    rows.tag(response, user)
    return present_users(session, [user])[0]


@router.patch("/users/{id}", summary="修改人员", operation_id="changeUser")
def change_user(
    id: UUID,  # noqa: A002
    body: UserPatch,
    version: IfMatch,
    response: Response,
    session: Annotated[Session, allow(P.USER_EDIT)],
) -> UserOut:
    """Rename or move a person."""
    user = rows.hold(session, User, id, version)
    service.change_user(session, user, body)
    rows.tag(response, user)
    return present_users(session, [user])[0]


USER.mount(router, "/users", "User", UserOut, present_users)


def _roles(session: Session, roles: Sequence[Role]) -> list[RoleOut]:
    held = service.permissions_of(session, roles)
    return [
        RoleOut(id=role.id, version=role.version, code=role.code, name=role.name, permissions=held[role.id])
        for role in roles
    ]


@router.get("/roles", summary="角色列表", operation_id="listRoles")
def list_roles(page: Paging, session: Annotated[Session, allow(P.USER_READ)]) -> Page[RoleOut]:
    """Every role with its permissions."""
    found: Sequence[Role] = session.exec(page.apply(select(Role), (Role.code, Role.id))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda role: (role.code, role.id))
    return Page(items=_roles(session, found), next=following)


@router.post("/roles", status_code=201, summary="新增角色", operation_id="createRole")
def create_role(body: RoleIn, response: Response, session: Annotated[Session, allow(P.ROLE_EDIT)]) -> RoleOut:
    """Define a role from the permission list; nothing the caller does not hold himself."""
    role = service.create_role(session, body)
    rows.tag(response, role)
    return _roles(session, [role])[0]


@router.get("/roles/{id}", summary="一个角色", operation_id="getRole")
def get_role(id: UUID, response: Response, session: Annotated[Session, allow(P.USER_READ)]) -> RoleOut:  # noqa: A002
    """Return one role."""
    role = rows.fetch(session, Role, id)
    rows.tag(response, role)
    return _roles(session, [role])[0]


@router.patch("/roles/{id}", summary="修改角色", operation_id="changeRole")
def change_role(
    id: UUID,  # noqa: A002
    body: RolePatch,
    version: IfMatch,
    response: Response,
    session: Annotated[Session, allow(P.ROLE_EDIT)],
) -> RoleOut:
    """Rename a role or replace its permissions."""
    role = rows.hold(session, Role, id, version)
    service.change_role(session, role, body)
    rows.tag(response, role)
    return _roles(session, [role])[0]


@router.get("/grants", summary="授权列表", operation_id="listGrants")
def list_grants(
    page: Paging,
    session: Annotated[Session, allow(P.USER_READ)],
    user_id: Annotated[UUID | None, Query(description="某人的授权")] = None,
    unit_id: Annotated[UUID | None, Query(description="某机构的授权")] = None,
) -> Page[GrantOut]:
    """Grants of the caller's area."""
    statement = select(Grant)
    if user_id:
        statement = statement.where(Grant.user_id == user_id)
    if unit_id:
        statement = statement.where(Grant.unit_id == unit_id)
    found: Sequence[Any] = session.exec(page.apply(statement, (Grant.id,))).all()  # type: ignore[call-overload]
    found, following = page.cut(found, lambda grant: (grant.id,))
    return Page(items=present_grants(session, found), next=following)


@router.post("/grants", status_code=201, summary="授权", operation_id="createGrant")
def create_grant(body: GrantIn, response: Response, session: Annotated[Session, allow(P.GRANT_EDIT)]) -> GrantOut:
    """Give a role to a person at a unit; nobody grants more than he holds there."""
    grant = service.create_grant(session, body)
    rows.tag(response, grant)
    return present_grants(session, [grant])[0]


@router.get("/grants/{id}", summary="一条授权", operation_id="getGrant")
def get_grant(id: UUID, response: Response, session: Annotated[Session, allow(P.USER_READ)]) -> GrantOut:  # noqa: A002
    """Return one grant."""
    grant = rows.fetch(session, Grant, id)
    rows.tag(response, grant)
    return present_grants(session, [grant])[0]


GRANT.mount(router, "/grants", "Grant", GrantOut, present_grants)
