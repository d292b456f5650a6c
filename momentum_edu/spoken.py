"""What ipywidgets leaves out for those who hear the page, or go by keys or by finger.

The handle of a slider has no name, and tells its place on the track instead of the value beside it; a button
that stays pressed does not say so. A widget of HTML replaces its whole content, so nothing in it lasts long
enough to be announced. A few lines of script in the page mend this; they send no message and draw nothing.
A few lines of style give a slider beside long words room on a phone, and show which control has the focus.
"""

import html

import ipywidgets as widgets

_PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
_UNSEEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap"
# A widget is put into the page some time after it has been made, so its surroundings must be waited for.
_ATTACH = """\
const image = this;
let tries = 100;
(function begin() {
    const root = image.closest('.%s');
    if (!root) return void (tries-- && setTimeout(begin, 50));
    const set = (element, name, value) => element && element.setAttribute(name, value);
    %s
    new MutationObserver(tell).observe(root, {subtree: true, childList: true, attributeFilter: ['class']});
    tell();
})()"""
_NAMES = """\
const tell = () => {
    for (const box of root.querySelectorAll('.widget-slider, .widget-toggle-buttons')) {
        const words = box.querySelector('label').textContent, readout = box.querySelector('.widget-readout');
        if (readout) {
            const handle = box.querySelector('[role=slider]');
            set(handle, 'aria-label', words);
            set(handle, 'aria-valuetext', readout.textContent);
            // Notebook 7 would take the arrow keys for itself, and jump to another cell.
            if (document.body.dataset.notebook) set(handle, 'data-lm-suppress-shortcuts', 'true');
            set(readout, 'role', 'textbox');
            set(readout, 'aria-label', words + ', to type');
        } else {
            set(box, 'role', 'group');
            set(box, 'aria-label', words);
        }
    }
    for (const button of root.querySelectorAll('.widget-toggle-button'))
        set(button, 'aria-pressed', button.classList.contains('mod-active'));
};"""
# A handle is 16 pixels wide, and of two buttons the pressed one is a slightly other grey.
_STYLE = """\
<style>
@media (max-width: 36rem) {
    .%(root)s .widget-slider {flex-wrap: wrap; height: auto}
    .%(root)s .widget-slider > label {flex: 1 0 100%%; text-align: left}
    .%(root)s .slider-container {flex-basis: 90px}
}
.%(root)s .noUi-handle::after {content: ''; display: block; position: absolute; inset: -8px; background: none}
.%(root)s .noUi-handle:focus-visible {outline: 2px solid currentColor; outline-offset: 2px}
.%(root)s .widget-toggle-button.mod-active {box-shadow: inset 0 -3px currentColor}
</style>"""
# Not while the hand is moving: a new sentence at every step would talk over itself.
_WORDS = """\
const line = image.nextElementSibling;
let wait;
const tell = () => {
    clearTimeout(wait);
    wait = setTimeout(() => {
        const words = root.querySelector('.momentum-finding')?.textContent ?? '';
        if (line.textContent !== words) line.textContent = words;
    }, 300);
};"""


def control_names(root: str) -> widgets.HTML:
    """Make an unseen widget that names the controls inside the element of class ``root``, and their values.

    It also makes them easier to hit and to tell apart.

    Examples
    --------
    >>> "aria-valuetext" in control_names("momentum-explorer").value
    True
    """
    return script(root, _NAMES, _STYLE % {"root": root})


def announcer(root: str) -> widgets.HTML:
    """Make an unseen line that announces, politely, each new finding inside the element of class ``root``.

    Examples
    --------
    >>> 'role="status"' in announcer("momentum-picture").value
    True
    """
    return script(root, _WORDS, f'<div role="status" style="{_UNSEEN}"></div>')


def script(root: str, tell: str, content: str = "") -> widgets.HTML:
    """Make an unseen widget with a script: its function ``tell`` is called when the element ``root`` changes.

    Examples
    --------
    >>> "momentum-picture" in script("momentum-picture", "const tell = () => {};").value
    True
    """
    image = f'<img alt="" hidden src="{_PIXEL}" onload="{html.escape(_ATTACH % (root, tell))}">'
    return widgets.HTML(image + content, layout={"height": "0", "margin": "0", "overflow": "hidden"})
