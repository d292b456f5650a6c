// Escape closes the theme's two drawers, and the focus is where they were opened.
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const box of document.querySelectorAll(".sidebar-toggle:checked")) {
    box.checked = false;
    box.focus();
  }
});
