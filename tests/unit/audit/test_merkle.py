import hashlib

import pytest

from chalicelib.audit import merkle

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ],
)
def test_roots_are_those_of_certificate_transparency(count, expected):
    assert merkle.root(LEAVES[:count]) == expected


def test_any_number_of_leaves_gives_the_root_of_the_recursive_definition():
    def defined(leaves):
        if len(leaves) == 1:
            return hashlib.sha256(b"\0" + leaves[0]).digest()
        half = 1
        while half * 2 < len(leaves):
            half *= 2
        return hashlib.sha256(b"\1" + defined(leaves[:half]) + defined(leaves[half:])).digest()

    for count in range(1, 70):
        leaves = [str(number).encode() for number in range(count)]
        assert merkle.root(iter(leaves)) == defined(leaves).hex()


def test_two_leaves_are_not_one_leaf_that_looks_like_their_node():
    node = b"".join(hashlib.sha256(b"\0" + leaf).digest() for leaf in LEAVES[:2])
    assert merkle.root([node]) != merkle.root(LEAVES[:2])
