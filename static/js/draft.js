// Saves a form with data-draft-url a moment after each change and says so in its [data-draft-status].
const PAUSE_MS = 1200;

function say(form, state) {
  const line = form.querySelector("[data-draft-status]");
  if (line) line.textContent = line.dataset[state] || "";
}

async function save(form) {
  say(form, "saving");
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  try {
    const answer = await fetch(form.dataset.draftUrl, { method: "POST", body });
    say(form, answer.ok ? "saved" : "failed");
  } catch {
    say(form, "failed");
  }
}

for (const form of document.querySelectorAll("form[data-draft-url]")) {
  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(save, PAUSE_MS, form);
  });
  form.addEventListener("submit", () => clearTimeout(waiting));
}
