"""Which keys of a configuration own code reads."""

import pytest
from conftest import tree

from auditor.facts.configuration import keys

YAML = "model:\n  width: 3\n  depth: 2\nlr: 0.1\nseed: 1\n"
MAIN = (
    "import hydra\n\n@hydra.main(config_path='../configs', config_name='config', version_base=None)\ndef main(cfg):\n"
)


def states(code: str, text: str = YAML, path: str = "configs/config.yaml", **more: str) -> dict[str, str]:
    found = keys(tree({"src/train.py": code, path: text, **more}))
    return {k.key: k.state for k in found}


def test_read_and_unread() -> None:
    found = states(MAIN + "    print(cfg.lr, cfg['seed'], cfg.model.width)\n")
    assert found == {"model": "read", "model.width": "read", "model.depth": "unread", "lr": "read", "seed": "read"}


@pytest.mark.parametrize(
    ("code", "depth", "seed"),
    [
        ("    f(**cfg.model)\n", "unknown", "unread"),
        ("    f(dict(cfg.model))\n", "unknown", "unread"),
        ("    hydra.utils.instantiate(cfg.model)\n", "unknown", "unread"),
        ("    for k in names:\n        print(cfg[k])\n", "unknown", "unknown"),
        ("    print(getattr(cfg, name))\n", "unknown", "unknown"),
        ("    print(list(cfg.items()))\n", "unknown", "unknown"),
        ("    f(**cfg)\n", "unknown", "unknown"),
        ("    print(cfg.get('depth'), OmegaConf.select(cfg, 'model.seed'))\n", "read", "read"),
        ("    print(data[k], rows[0])\n", "unread", "unread"),
        ("    # cfg.depth, cfg.seed\n    pass\n", "unread", "unread"),
    ],
)
def test_what_is_passed_on_or_computed_is_unknown(code: str, depth: str, seed: str) -> None:
    found = states(MAIN + code)
    assert (found["model.depth"], found["seed"]) == (depth, seed)


def test_a_target_takes_its_parameters() -> None:
    found = states(MAIN + "    pass\n", "opt:\n  _target_: torch.optim.Adam\n  amsgrad: true\nother: 1\n")
    assert found == {"opt": "read", "opt.amsgrad": "read", "other": "unread"}


def test_interpolation_reads() -> None:
    assert states(MAIN + "    pass\n", "a: 1\nb: ${a}\n") == {"a": "read", "b": "unread"}


def test_a_group_that_is_passed_on_whole() -> None:
    more = {"configs/model/small.yaml": "depth: 3\n"}
    assert states(MAIN + "    f(**cfg.model)\n", "lr: 1\n", **more) == {"lr": "unread", "depth": "unknown"}


def test_schemas_and_parameters_take_by_name() -> None:
    code = "from dataclasses import dataclass\nimport yaml\n\n@dataclass\nclass S:\n    lr: float\n\ndef f(seed):\n    pass\n\nyaml.safe_load(open('settings.yaml'))\n"
    assert states(code, "lr: 1\nseed: 2\nlost: 3\n", "settings.yaml") == {
        "lr": "read",
        "seed": "read",
        "lost": "unread",
    }


def test_files_that_no_code_loads_are_none() -> None:
    assert states("import yaml\nyaml.safe_load(open('x.yaml'))\n", YAML, "other.yaml") == {}
    assert states(MAIN + "    pass\n", "method: bayes\nparameters:\n  lr: {min: 1}\n", "configs/sweep.yaml") == {}
    assert states(MAIN + "    pass\n", "a: [\n") == {}
    assert states(MAIN + "    pass\n", "defaults:\n- _self_\nhydra:\n  run: {dir: x}\n") == {}


def test_code_that_does_not_parse_may_read_anything() -> None:
    assert states(MAIN + "    pass\n", "a: 1\n", **{"src/other.py": "def ("}) == {"a": "unknown"}
