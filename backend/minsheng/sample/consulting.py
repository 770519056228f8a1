"""Next year's list of the sample: copied, changed, and sent round to the counties, who have begun to answer."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from minsheng.consultation import service
from minsheng.consultation.models import Comment
from minsheng.consultation.policy import COMMENT
from minsheng.consultation.schemas import AnswerIn, CommentIn
from minsheng.permissions import P
from minsheng.programmes import copies
from minsheng.programmes import service as programmes
from minsheng.programmes.models import Item, Programme
from minsheng.programmes.policy import ITEM, PROGRAMME
from minsheng.programmes.schemas import ConsultIn, CopyIn, ItemIn, ItemPatch
from minsheng.sample.cast import Cast

ASKED = ("乐清市", "鹿城区", "苍南县", "瓯海区", "瑞安市", "永嘉县")
COMMENTS = (
    ("乐清市", "家庭屋顶光伏", "山区乡镇屋顶承重不够，建议按可安装户数分配。"),
    ("乐清市", None, "建议把老旧小区加装电梯列入明年清单。"),
    ("鹿城区", "城镇生活垃圾资源化利用率", "建议与省里的口径一致，按季度考核。"),
    ("苍南县", "新增(优化)城乡公交线路", "建议把跨县线路算在两地各半。"),
)


def play(cast: Cast) -> None:
    """Copy this year's list for the next, change it a little, send it round, and let counties speak."""
    source = cast.programme("温州市")
    office = cast.username(cast.units["温州市"], "office")
    if source is None or office is None:
        return
    sent = max(cast.today - timedelta(days=9), cast.since(source, 1))
    with cast.acting(office, P.PROGRAMME_EDIT, sent) as session:
        made = copies.copy(session, session.get_one(Programme, source.id), CopyIn(year=source.year + 1, targets=True))
        items = {
            item.title: item
            for item in session.exec(
                select(Item).where(Item.programme_id == made.id, Item.status != "void").order_by(col(Item.seq))
            ).all()
        }
        programmes.change_item(session, items["家庭屋顶光伏"], ItemPatch(title="家庭屋顶光伏与储能"))
        gone = items["市区公交车移动支付全覆盖"]
        ITEM.apply(session, gone, "void")
        session.add(gone)
        new = ItemIn(
            programme_id=made.id,
            parent_id=items["水利"].id,
            seq=9,
            code=f"{items['水利'].code}.9",
            title="山塘水库除险加固",
            kind="works",
            leads=[],
        )
        programmes.create_item(session, new)
        session.flush()
        units = [cast.units[name] for name in ASKED]
        PROGRAMME.apply(session, made, "consult", ConsultIn(until=cast.today + timedelta(days=12), unit_ids=units))
        session.add(made)
        key, titles = made.id, {title: item.id for title, item in items.items()}
    said: list[UUID] = []
    for unit, title, text in COMMENTS:
        speaker = cast.username(cast.units[unit], "office")
        if speaker is None:
            continue
        with cast.acting(speaker, P.COMMENT_EDIT, cast.today - timedelta(days=3)) as session:
            body = CommentIn(
                programme_id=key, unit_id=cast.units[unit], item_id=titles[title] if title else None, text=text
            )
            said.append(service.comment(session, body).id)
    with cast.acting(office, P.PROGRAMME_EDIT, cast.today - timedelta(days=1)) as session:
        for comment, outcome, words in (
            (said[0], "adopted", "采纳：改按可安装户数分配。"),
            (said[2], "partly", "口径按省里的，考核仍按月。"),
        ):
            row = session.get_one(Comment, comment)
            COMMENT.apply(session, row, "answer", AnswerIn(outcome=outcome, answer=words))  # type: ignore[arg-type]
            session.add(row)
