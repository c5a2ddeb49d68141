/**
 * How does the admin put the sign-in methods in order? With arrows or by dragging rows.
 *
 * Both only rewrite the numbers in the Order column; nothing is stored before Save. Without this script the
 * numbers are typed.
 */

const ORDER = "input[name$='-order']";

/** The list with one element moved. */
export function moved(list, from, to) {
  const rest = list.filter((_, index) => index !== from);
  return [...rest.slice(0, to), list[from], ...rest.slice(to)];
}

export function enhanceOrder(root) {
  const inputs = [...root.querySelectorAll(ORDER)];
  if (inputs.length < 2) return;
  const body = inputs[0].closest("tbody");
  const rows = () => [...body.querySelectorAll("tr")].filter((row) => row.querySelector(ORDER));
  const note = document.createElement("p");
  note.setAttribute("role", "status");
  note.className = "help";
  root.append(note);

  const put = (from, to) => {
    if (to < 0 || to >= rows().length || from === to) return;
    moved(rows(), from, to).forEach((row, index) => {
      body.append(row);
      row.querySelector(ORDER).value = index + 1;
    });
    note.textContent = root.dataset.moved;
  };

  rows().forEach((row) => {
    const cell = row.querySelector(ORDER).parentElement;
    cell.append(
      button("↑", root.dataset.up, (self) => put(rows().indexOf(row), rows().indexOf(row) - 1) ?? self.focus()),
      button("↓", root.dataset.down, (self) => put(rows().indexOf(row), rows().indexOf(row) + 1) ?? self.focus()),
    );
    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      if (event.target !== row) return;
      event.dataTransfer.setData("text/plain", String(rows().indexOf(row)));
      event.dataTransfer.effectAllowed = "move";
      row.classList.add("wechat-dragged");
    });
    row.addEventListener("dragend", () => row.classList.remove("wechat-dragged"));
    row.addEventListener("dragover", (event) => {
      if (body.querySelector(".wechat-dragged")) event.preventDefault();
    });
    row.addEventListener("drop", (event) => {
      const dragged = body.querySelector(".wechat-dragged");
      if (!dragged) return;
      event.preventDefault();
      put(rows().indexOf(dragged), rows().indexOf(row));
    });
  });
}

function button(sign, label, press) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "wechat-arrow";
  element.textContent = sign;
  element.setAttribute("aria-label", label);
  element.title = label;
  element.addEventListener("click", () => press(element));
  return element;
}

if (globalThis.document) document.querySelectorAll("[data-wechat-order]").forEach(enhanceOrder);
