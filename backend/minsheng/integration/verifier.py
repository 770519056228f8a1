"""核验“民生实事”导出的证据：记录与资金账有没有被改过、插入过、截断过，或整本重算过。

用法：python3 verify.py 证据目录 [--head "minsheng-head ……"]
--head 是另行保存的校验头（纸上的文字或扫二维码所得），可给多个；整本重算只有靠它才能发现。
只用 Python 3.7 以上的标准库；核验签名另需 cryptography 包，没有时会写明。没有发现问题时退出码为 0。
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, Iterator, List

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ed25519
except ImportError:
    ed25519 = None  # type: ignore[assignment]
Row = Dict[str, Any]


def canonical(value: Row) -> bytes:
    """RFC 8785, for what the evidence holds: ASCII names, whole numbers, text, true and false."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode("utf-8", "surrogatepass")


class Tree:
    """The Merkle tree of RFC 6962, kept as its peaks: the roots of its perfect subtrees."""

    def __init__(self, hash_name: str) -> None:
        self.name, self.size = hash_name, 0
        self.peaks: List[bytes] = []
        self.hash: Callable[[bytes], bytes] = lambda data: hashlib.new(hash_name, data).digest()

    def add(self, leaf: bytes) -> bytes:
        completed, size = [leaf], self.size
        while size & 1:
            completed.append(self.hash(b"\1" + self.peaks.pop() + completed[-1]))
            size >>= 1
        self.peaks.append(completed[-1])
        self.size += 1
        return b"".join(completed)

    def root(self) -> str:
        found = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            found = self.hash(b"\1" + peak + found)
        return found.hex()


def named(rows: Row) -> str:
    entry = rows.get("journal_entry")
    if entry:
        return f"{entry.get('at')} 的记录 {entry.get('id')}，所记为 {entry.get('entity')} {entry.get('entity_id')}"
    return "、".join(f"{table} {row.get('id')}" for table, row in rows.items())


def check_heads(heads: List[Row], keys: List[Row]) -> Iterator[str]:
    size, at, known = 0, "", {key["id"]: bytes.fromhex(key["public"]) for key in keys}
    for name, public in known.items():
        if hashlib.sha256(public).hexdigest()[:16] != name:
            yield f"公钥 {name} 与其编号不符"
    for head in heads:
        where = f"校验头 {head['size']}（{head['at']}）"
        if head["size"] <= size or head["at"] < at:
            yield f"{where}的次序不对"
        size, at = head["size"], head["at"]
        if head["key_id"] not in known:
            yield f"{where}的公钥 {head['key_id']} 不在证据里"
        elif ed25519 is not None:
            said = {name: head[name] for name in ("at", "hash", "key_id", "root", "size")}
            signed = bytes.fromhex(head["signature"]), canonical({**said, "type": "minsheng-head"})
            try:
                ed25519.Ed25519PublicKey.from_public_bytes(known[head["key_id"]]).verify(*signed)
            except (InvalidSignature, ValueError):
                yield f"{where}的签名不对"


def check(entries: Iterable[Row], heads: List[Row], keys: List[Row], published: Iterable[Row] = ()) -> Iterator[str]:  # noqa: C901, PLR0912 - one check after the other
    """Yield what is wrong, the first thing first: entries in order, the installation's heads, heads kept elsewhere."""
    yield from check_heads(heads, keys)
    if not heads:
        yield "没有任何校验头"
        return
    tree, good, lost = Tree(heads[0]["hash"]), 0, False
    own, others = {head["size"]: head["root"] for head in heads}, {head["size"]: head for head in published}
    for head in others.values():
        if head["hash"] != tree.name or head["key_id"] not in {key["id"] for key in keys}:
            yield f"另行保存的校验头 {head['size']} 的算法或公钥与证据不符：证据不是当时那一份"
    for entry in entries:
        rows, nodes = entry["rows"], entry["nodes"]
        if nodes is None:
            yield f"多出一行：{named(rows)}，不在封存的次序里，是绕过系统插入的"
            continue
        place, seq = tree.size + 1, rows.get("journal_order", {}).get("seq")
        if seq != place:
            yield f"第 {place} 条的位置上是第 {seq} 条（{named(rows)}）：此处有记录被插入、删除、调换或改动"
            return
        kept, leaf = bytes.fromhex(nodes), tree.hash(b"\0" + canonical(rows))
        # Going on with the hash that was kept tells later changes apart from this one.
        completed = tree.add(kept[: len(leaf)])
        if leaf != kept[: len(leaf)]:
            yield f"第 {place} 条被改动：{named(rows)}"
        elif completed != kept:
            yield f"第 {place} 条的封存结点不对，第 {good + 1}—{place} 条中有记录连同杂凑被改动"
        if place in own and own[place] == tree.root():
            good = place
        elif place in own and not lost:
            lost = True
            yield f"校验头 {place} 对不上：第 {good + 1}—{place} 条中有记录连同杂凑被改动"
        if place in others and others[place]["root"] != tree.root():
            yield f"另行保存的校验头 {place} 对不上：第 1—{place} 条曾被整本重算，证据不是当时那一份"
    longest = max([*own, *others])
    if longest > tree.size:
        yield f"尾部被截断：只有 {tree.size} 条，校验头说有 {longest} 条"
    elif tree.size > max(own):
        yield f"第 {max(own) + 1}—{tree.size} 条没有校验头：校验头被截去，或记录是后来加的"


def parse_head(text: str) -> Row:
    size, root, at, hash_name, key_id = text[text.index("minsheng-head") :].split()[1:]
    return {"size": int(size), "root": root, "at": at, "hash": hash_name, "key_id": key_id}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="证据目录")
    parser.add_argument("--head", action="append", default=[], type=parse_head, help="另行保存的校验头")
    given, found = parser.parse_args(), 0
    try:
        heads, keys, journal = ((given.folder / f"{name}.ndjson").open("rb") for name in ("heads", "keys", "journal"))
        signed = list(map(json.loads, heads))
        findings = check(map(json.loads, journal), signed, list(map(json.loads, keys)), given.head)
        for found, finding in enumerate(findings, 1):  # noqa: B007 - the last number is how many there were
            print("✗", finding)
    except (AttributeError, KeyError, OSError, TypeError, ValueError) as error:
        sys.exit(f"✗ 证据残缺或无法读取（本机没有所用杂凑算法时也会如此）：{error!r}")
    if ed25519 is None:
        print("签名没有核验：本机没有 cryptography 包（pip install cryptography）。")  # type: ignore[unreachable]
    if not given.head:
        print("没有给出另行保存的校验头：整本重算发现不了。")
    if found:
        sys.exit(f"发现 {found} 处问题。")
    print(f"没有发现问题：{len(signed)} 个校验头，最新的一个包括第 1—{signed[-1]['size']} 条。")


if __name__ == "__main__":
    main()
