"""A small checkout with one lesson, built once: the template and a cell that stands for a live picture."""

from pathlib import Path

import pytest

from momentum_edu.publishing.notebooks import main

TEMPLATE = Path(__file__).parents[2] / "notebooks" / "source" / "template.py"
LIVE = """# %%
alt = "A live picture at beta = 0.9, drawn for this test."
view = {"model_id": "1", "version_major": 2, "version_minor": 0}
data = {"image/png": "AAAA", "text/plain": alt, "application/vnd.jupyter.widget-view+json": view}
display(data, metadata={"image/png": {"alt": alt}}, raw=True)

"""


@pytest.fixture(scope="session")
def checkout(tmp_path_factory):
    """Return the folder of a checkout whose only lesson, 01_form, was built by the command itself."""
    root = tmp_path_factory.mktemp("checkout")
    source = root / "notebooks" / "source"
    source.mkdir(parents=True)
    text = TEMPLATE.read_text(encoding="utf-8").replace("# # 99", "# # 01")
    text = text.replace("# %% [markdown]\n# ## Key", LIVE + "# %% [markdown]\n# ## Key")
    (source / "01_form.py").write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(source)
        assert main(["01"]) == 0
    return root
