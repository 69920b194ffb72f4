// Looks again by itself while something is on its way: data-again holds the seconds. The page has a link that does the same.
const waiting = document.querySelector("[data-again]");
if (waiting) setTimeout(() => location.reload(), Number(waiting.dataset.again) * 1000);
