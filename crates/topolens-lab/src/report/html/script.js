"use strict";
// What paper cannot do: pictures as files, tables on the clipboard, meanings that Escape closes. The page is whole without it, and it asks the
// network for nothing. A picture carries its colours and its white ground in itself, so that it is the same file on a light and on a dark page.
(() => {
  const SCALE = 2;

  const told = document.createElement("p");
  told.className = "unseen";
  told.setAttribute("role", "status");
  document.body.append(told);

  const button = (text, label, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  };

  const save = (content, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content);
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    told.textContent = `${name} is saved`;
  };

  const svgText = (picture) => '<?xml version="1.0" encoding="UTF-8"?>\n' + new XMLSerializer().serializeToString(picture);

  const saveSvg = (picture, name) => save(new Blob([svgText(picture)], { type: "image/svg+xml" }), `${name}.svg`);

  const savePng = (picture, name) => {
    const image = new Image();
    image.addEventListener("load", () => {
      const canvas = document.createElement("canvas");
      canvas.width = SCALE * picture.viewBox.baseVal.width;
      canvas.height = SCALE * picture.viewBox.baseVal.height;
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#ffffff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((content) => save(content, `${name}.png`), "image/png");
    });
    // A data address: the page may load nothing else.
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svgText(picture));
  };

  const tabbed = (table) =>
    [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim()).join("\t")).join("\n");

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Where the clipboard is closed to the page, as in a frame without an origin, the selection is copied.
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  };

  const tools = (...buttons) => {
    const line = document.createElement("p");
    line.className = "tools";
    line.append(...buttons);
    return line;
  };

  for (const figure of document.querySelectorAll("figure[data-name]")) {
    const picture = figure.querySelector("svg");
    const name = figure.dataset.name;
    const title = figure.querySelector("figcaption strong").textContent;
    picture.after(
      tools(
        button("SVG", `SVG of ${title}`, () => saveSvg(picture, name)),
        button("PNG", `PNG of ${title}`, () => savePng(picture, name)),
      ),
    );
  }

  for (const box of document.querySelectorAll(".wide")) {
    const made = button("Copy", `Copy: ${box.getAttribute("aria-label")}`, async () => {
      await copy(tabbed(box.querySelector("table")));
      made.classList.add("done");
      told.textContent = "The table is on the clipboard";
      setTimeout(() => made.classList.remove("done"), 2000);
    });
    box.before(tools(made));
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const term of document.querySelectorAll(".term:hover, .term:focus")) {
      term.classList.add("closed");
      for (const end of ["mouseleave", "blur"]) {
        term.addEventListener(end, () => term.classList.remove("closed"), { once: true });
      }
    }
  });
})();
