"""What is done with people, roles and grants."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from minsheng.identity import credentials
from minsheng.identity.models import Grant, Role, RolePermission, User
from minsheng.identity.schemas import GrantIn, RoleIn, RolePatch, RolePermissionIn, UserIn, UserPatch
from minsheng.kernel import clock, rows
from minsheng.kernel.access import Session
from minsheng.kernel.errors import Duplicate, FieldError, Forbidden, invalid
from minsheng.org.models import Unit
from minsheng.permissions import ROLES, Axis, P


def create_user(session: Session, body: UserIn) -> User:
    """Add a person, who must change the first password.

    Raises:
        Duplicate: the user name is taken.
        NotFound: the unit is not visible.
    """
    rows.fetch(session, Unit, body.unit_id)
    user = User(
        username=body.username,
        name=body.name,
        unit_id=body.unit_id,
        password_hash=credentials.hash_password(body.password),
    )
    session.require(user)
    taken = session.connection().execute(select(User.id).where(User.username == body.username))
    if taken.first():
        message = f"账号 {body.username} 已存在。"
        raise Duplicate(message, errors=[FieldError(pointer="/username", code="duplicate", message=message)])
    session.add(user)
    session.flush()
    return user


def change_user(session: Session, user: User, body: UserPatch) -> None:
    """Rename a person or move him to another unit in the caller's area."""
    fields = body.model_dump(exclude_unset=True)
    for name, value in fields.items():
        if value is None:
            raise invalid(f"/{name}", "null", "不能为空")
        setattr(user, name, value)
    if "unit_id" in fields:
        rows.fetch(session, Unit, user.unit_id)
    session.flush()


def within_reach(session: Session, user: User) -> None:
    """Let only who keeps people wherever somebody holds a role shut him out or set his password.

    Raises:
        Forbidden: he holds a role beyond the caller's area; his password would open what the caller never held.
    """
    units = session.connection().execute(
        select(Grant.unit_id).where(Grant.user_id == user.id, Grant.status == "active").distinct()
    )
    if not all(session.access.in_area(P.USER_EDIT, unit) for unit in units.scalars()):
        message = "此人在您的范围以外还有角色，须由上级管理员处理。"
        raise Forbidden(message)


def reset_password(session: Session, user: User, password: str) -> None:
    """Set a new first password; every session and token of the person ends."""
    user.password_hash = credentials.hash_password(password)
    user.must_change_password = True
    user.epoch += 1
    session.flush()


def _no_more_than_held(session: Session, permissions: Sequence[str], unit: UUID) -> None:
    lacking = [name for name in permissions if not session.access.may_hand(name, unit)]
    if lacking:
        message = f"不能授出自己没有的权限：{'、'.join(sorted(set(lacking)))}。"
        raise Forbidden(message)


def set_permissions(session: Session, role: Role, wanted: Sequence[RolePermissionIn]) -> None:
    """Make a role hold exactly these permissions.

    Raises:
        Forbidden: a permission that the caller does not hold anywhere himself.
    """
    lacking = [
        entry.permission
        for entry in wanted
        if not (session.access.holds(entry.permission) or session.access.hands.get(entry.permission))
        and session.access.why is None
    ]
    if lacking:
        message = f"不能放入自己没有的权限：{'、'.join(sorted(set(lacking)))}。"
        raise Forbidden(message)
    keys = {(str(entry.permission), str(entry.axis)) for entry in wanted}
    for row in session.exec(select(RolePermission).where(RolePermission.role_id == role.id)).all():
        keep = (row.permission, row.axis) in keys
        keys.discard((row.permission, row.axis))
        if row.active != keep:
            row.active = keep
            session.add(row)
    session.add_all(
        RolePermission(role_id=role.id, permission=permission, axis=axis) for permission, axis in sorted(keys)
    )
    session.flush()


def ensure_roles(session: Session) -> None:
    """Give an installation the roles it starts with, and those it has what came with a newer version.

    What a place has struck out of a role stays struck out: such a permission keeps its row.
    """
    known = {role.code: role for role in session.exec(select(Role).where(col(Role.code).in_(ROLES))).all()}
    for code, (name, axes) in ROLES.items():
        role = known.get(code) or Role(code=code, name=name)
        session.add(role)
        session.flush()
        kept = set(
            session.exec(
                select(RolePermission.permission, RolePermission.axis).where(RolePermission.role_id == role.id)
            ).all()
        )
        session.add_all(
            RolePermission(role_id=role.id, permission=str(permission), axis=str(axis))
            for axis, permissions in axes.items()
            for permission in permissions
            if (str(permission), str(axis)) not in kept
        )
    session.flush()


def found(session: Session, unit_name: str, tier: str, code: str | None, username: str, name: str) -> str:
    """Set up a real installation: the root unit and its first administrator; return his one-time password.

    Raises:
        Duplicate: there is a root unit already.
    """
    if session.exec(select(Unit.id).where(col(Unit.parent_id).is_(None))).first():
        message = "已有根机构。"
        raise Duplicate(message)
    ensure_roles(session)
    unit = Unit(name=unit_name, tier=tier, kind="government", code=code)
    password = credentials.new_secret()[:16]
    session.add(unit)
    session.flush()
    user = User(username=username, name=name, unit_id=unit.id, password_hash=credentials.hash_password(password))
    session.add(user)
    role = session.exec(select(Role).where(Role.code == "administrator")).one()
    session.flush()
    session.add(Grant(user_id=user.id, role_id=role.id, unit_id=unit.id, valid_from=clock.today()))
    session.flush()
    return password


def create_role(session: Session, body: RoleIn) -> Role:
    """Define a role of the place's own.

    Raises:
        Duplicate: the code is taken.
    """
    if session.exec(select(Role.id).where(Role.code == body.code)).first():
        message = f"角色代码 {body.code} 已存在。"
        raise Duplicate(message, errors=[FieldError(pointer="/code", code="duplicate", message=message)])
    role = Role(code=body.code, name=body.name)
    session.add(role)
    session.flush()
    set_permissions(session, role, body.permissions)
    return role


def change_role(session: Session, role: Role, body: RolePatch) -> None:
    """Rename a role or replace its permissions.

    Raises:
        Forbidden: somebody holds the role where the caller does not keep roles, or may not hand on what is added.
    """
    units = session.connection().execute(
        select(Grant.unit_id).where(Grant.role_id == role.id, Grant.status == "active").distinct()
    )
    for unit in units.scalars():
        if not session.access.in_area(P.ROLE_EDIT, unit):
            message = "您的范围以外也有人持有这个角色，不能修改；请另建一个角色。"
            raise Forbidden(message)
        _no_more_than_held(session, [entry.permission for entry in body.permissions or ()], unit)
    if body.name is not None:
        role.name = body.name
    # The version counts a change of the list too, so that two editors cannot overwrite each other unseen.
    role.version += 1
    session.flush()
    if body.permissions is not None:
        set_permissions(session, role, body.permissions)


def permissions_of(session: Session, roles: Sequence[Role]) -> dict[UUID, list[RolePermissionIn]]:
    """Return the permissions in force of some roles."""
    found: dict[UUID, list[RolePermissionIn]] = {role.id: [] for role in roles}
    entries = session.exec(
        select(RolePermission)
        .where(col(RolePermission.role_id).in_(found), col(RolePermission.active))
        .order_by(RolePermission.permission, RolePermission.axis)
    ).all()
    for entry in entries:
        found[entry.role_id].append(RolePermissionIn(permission=entry.permission, axis=Axis(entry.axis)))  # type: ignore[arg-type]
    return found


def _government(session: Session, unit: Unit) -> UUID:
    """Return the government a unit belongs to: itself, or the nearest above."""
    at: Unit | None = unit
    while at is not None and at.kind != "government":
        at = session.get(Unit, at.parent_id) if at.parent_id else None
    return at.id if at else unit.id


def create_grant(session: Session, body: GrantIn) -> Grant:
    """Give a role to a person at a unit.

    Raises:
        Forbidden: the role holds something the caller may not hand on there.
        Invalid: the dates are in the wrong order.
        NotFound: person, role or unit is not visible.
    """
    user = rows.fetch(session, User, body.user_id)
    role = rows.fetch(session, Role, body.role_id)
    unit = rows.fetch(session, Unit, body.unit_id)
    start = body.valid_from or clock.today()
    if body.valid_to and body.valid_to < start:
        raise invalid("/valid_to", "before-start", "到期日早于生效日")
    held = permissions_of(session, [role])[role.id]
    _no_more_than_held(session, [entry.permission for entry in held], unit.id)
    # A line runs through every unit under the government: that is what must be held to hand it on.
    _no_more_than_held(
        session, [entry.permission for entry in held if entry.axis == Axis.LINE], _government(session, unit)
    )
    grant = Grant(user_id=user.id, role_id=role.id, unit_id=unit.id, valid_from=start, valid_to=body.valid_to)
    session.add(grant)
    session.flush()
    return grant
