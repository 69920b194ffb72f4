// An open menu (details with data-menu) closes with Escape, and when one goes on elsewhere.
const openMenus = () => document.querySelectorAll("details[data-menu][open]");
for (const moment of ["click", "focusin"]) document.addEventListener(moment, (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
