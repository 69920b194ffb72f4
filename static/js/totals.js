// Adds up the [data-money] fields of a [data-totals] box as one types: the price, what the card costs, what is paid, the fee in it and
// what the manager gets. data-fee-bp and data-card-bp are in basis points, data-card-fixed in minor units; rounded as the server does.
const latin = (text) => text.replace(/[০-৯]/g, (digit) => "০১২৩৪৫৬৭৮৯".indexOf(digit)).replace(/[^0-9.]/g, "");
const bengali = document.documentElement.lang === "bn";
const plain = [0, 2].map((digits) => new Intl.NumberFormat(bengali ? "bn-BD" : "en-IN", { minimumFractionDigits: digits, maximumFractionDigits: digits }));
const taka = (minor) => (bengali ? "৳\u00a0" : "৳") + plain[minor % 100 ? 1 : 0].format(minor / 100);

function figures(price, rates) {
  const fee = Math.floor((price * Number(rates.feeBp || 0)) / 10000);
  const card = price ? Math.ceil((price * Number(rates.cardBp || 0)) / 10000) + Number(rates.cardFixed || 0) : 0;
  return { price, card, pay: price + card, fee, manager: price - fee };
}

function update(box) {
  const fields = [...box.querySelectorAll("[data-money]")];
  const price = fields.reduce((sum, field) => sum + Math.round((Number(latin(field.value)) || 0) * 100), 0);
  const now = figures(price, box.dataset);
  for (const output of box.querySelectorAll("[data-total]")) output.textContent = taka(now[output.dataset.total]);
}

for (const box of document.querySelectorAll("[data-totals]")) {
  box.addEventListener("input", () => update(box));
}
