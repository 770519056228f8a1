"""Heads, keys and proofs as they travel. Hashes and keys are hexadecimal."""

from pydantic import Field

from minsheng.kernel.fields import Out
from minsheng.kernel.merkle import HashName


class HeadOut(Out):
    """What the sealed record was at one moment, signed."""

    size: int = Field(description="已封存的条数", examples=[12800])
    root: str = Field(description="树根", examples=["26d058d56bbb48089c0f3e018b5e0c126b8161fbc838faf8629054678146bddf"])
    at: str = Field(description="封存时间", examples=["2026-11-22T08:00:00.000000Z"])
    hash: HashName = Field(description="杂凑算法")
    key_id: str = Field(description="签名所用公钥的编号", examples=["24aa2a5589edcb57"])
    signature: str = Field(description="Ed25519 签名，签的是 RFC 8785 规范形式的 at、hash、key_id、root、size、type")
    printed: str = Field(
        description="印在纸上与二维码里的写法，校验程序可直接使用",
        examples=["minsheng-head 12800 26d0… 2026-11-22T08:00:00.000000Z sha256 24aa2a5589edcb57"],
    )


class SealKeyOut(Out):
    """A public key that has signed heads."""

    id: str = Field(description="公钥 SHA-256 的前 16 位", examples=["24aa2a5589edcb57"])
    algorithm: str = Field(examples=["ed25519"])
    public: str = Field(description="32 字节公钥")
    since: str = Field(description="首次使用的时间", examples=["2026-11-22T08:00:00.000000Z"])


class SealKeysOut(Out):
    """Every public key, the newest first."""

    items: list[SealKeyOut]


class InclusionOut(Out):
    """The proof that an entry is in the tree of a head (RFC 6962 2.1.1)."""

    seq: int = Field(description="变更流中的序号；在树中的位置是它减一", examples=[1024])
    leaf: str = Field(description="这一条的规范文本；前面加一个零字节再取杂凑即叶子")
    leaf_hash: str = Field(description="叶子")
    path: list[str] = Field(description="由叶子到根的各兄弟结点")
    head: HeadOut


class ConsistencyOut(Out):
    """The proof that a later head goes on from an earlier one (RFC 6962 2.1.2)."""

    old: HeadOut
    new: HeadOut
    path: list[str] = Field(description="证明所需的结点")
