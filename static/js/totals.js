// Adds up the [data-money] fields of a [data-totals] box as one types: what is paid, the fee in it and what the
// manager gets. data-fee-percent is the fee; the server works the same sums out again.
const latin = (text) => text.replace(/[০-৯]/g, (digit) => "০১২৩৪৫৬৭৮৯".indexOf(digit)).replace(/[^0-9.]/g, "");
const bengali = document.documentElement.lang === "bn";
const plain = new Intl.NumberFormat(bengali ? "bn-BD" : "en-IN", { maximumFractionDigits: 2 });
const taka = (amount) => (bengali ? "৳\u00a0" : "৳") + plain.format(amount);

function update(box) {
  const fields = [...box.querySelectorAll("[data-money]")];
  const pay = fields.reduce((sum, field) => sum + (Number(latin(field.value)) || 0), 0);
  const fee = Math.round(pay * Number(box.dataset.feePercent || 0)) / 100;
  const figures = { pay, fee, manager: pay - fee };
  for (const output of box.querySelectorAll("[data-total]")) output.textContent = taka(figures[output.dataset.total]);
}

for (const box of document.querySelectorAll("[data-totals]")) {
  box.addEventListener("input", () => update(box));
}
