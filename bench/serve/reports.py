"""Opens reports as a stranger would, in headless Chromium from `file://`.

    python bench/serve/reports.py REPORT.html ... [--axe axe.min.js] [--out FOLDER]

Needs Playwright (`pip install playwright`) and Debian's chromium; axe.min.js is in the npm package axe-core. Fails on anything in the console, on any
request but the page itself, on a button whose file is no SVG or PNG of the right size, on a table that does not arrive on the clipboard, on a term whose
meaning the keyboard does not show, on a page that is wider than the window or says less without scripts, and on a serious or critical violation
that axe-core finds; at 1440 and 390 pixels, light and dark.
"""

import argparse
import struct
import time
import xml.dom.minidom
from pathlib import Path

from playwright.sync_api import sync_playwright

VIEWS = [(width, scheme) for width in (1440, 390) for scheme in ("light", "dark")]
# Chromium takes no pictures of very tall pages.
TALLEST = 8000
SERIOUS = ("serious", "critical")
ORDER = ["header .question", "#answer p", "#cautions li", "#glossary dt", "#provenance dt"]


def opened(browser, report, width, scheme, **settings):
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, accept_downloads=True, **settings
    )
    page, said = context.new_page(), []
    page.on("console", lambda line: said.append(f"console: {line.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    own = report.resolve().as_uri()
    page.on("request", lambda asked: None if asked.url.startswith((own, "data:", "blob:")) else said.append(f"request: {asked.url}"))
    page.goto(own)
    return page, said


def saved(page, button):
    with page.expect_download() as waited:
        button.click()
    return waited.value.suggested_filename, Path(waited.value.path()).read_bytes()


def wrong_downloads(page):
    found, figures = [], page.locator("figure[data-name]:visible")
    for at in range(figures.count()):
        figure = figures.nth(at)
        width, height = (float(x) for x in figure.locator("svg").first.get_attribute("viewBox").split()[2:])
        name, text = saved(page, figure.get_by_role("button", name="SVG of"))
        if xml.dom.minidom.parseString(text).documentElement.tagName != "svg" or not name.endswith(".svg"):
            found.append(f"{name} is no SVG")
        name, image = saved(page, figure.get_by_role("button", name="PNG of"))
        if image[:8] != b"\x89PNG\r\n\x1a\n" or struct.unpack(">II", image[16:24]) != (int(2 * width), int(2 * height)):
            found.append(f"{name} is no PNG of twice {width} × {height}")
    return found


def wrong_tables(page):
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    # What a table is copied as, without the system's clipboard.
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    found, boxes = [], page.locator(".wide")
    for at in range(boxes.count()):
        box = boxes.nth(at)
        rows = box.locator("tr").count()
        label = box.get_attribute("aria-label")
        if box.locator("thead th:not([scope=col]), tbody th:not([scope=row])").count() or not rows:
            found.append(f"{label}: headings without scope")
        page.get_by_role("button", name=f"Copy: {label}", exact=True).first.evaluate("(made) => made.click()")
        if at < 3:
            page.wait_for_timeout(20)
            lines = page.evaluate("window.copied").split("\n")
            columns = box.locator("thead th").count()
            if len(lines) != rows or any(line.count("\t") != columns - 1 for line in lines):
                found.append(f"{label}: {len(lines)} lines are copied of {rows} rows")
    return found


def wrong_terms(page):
    page.keyboard.press("Tab")
    for _ in range(30):
        if page.evaluate("document.activeElement.className") == "term":
            break
        page.keyboard.press("Tab")
    else:
        return ["no term within thirty tabs"]
    shown = "getComputedStyle(document.activeElement, '::after').visibility"
    described = "document.getElementById(document.activeElement.getAttribute('aria-describedby')).textContent"
    if page.evaluate(shown) != "visible" or page.evaluate(described) != page.evaluate("document.activeElement.dataset.meaning"):
        return ["a focused term does not show its meaning"]
    page.keyboard.press("Escape")
    return [] if page.evaluate(shown) == "hidden" else ["Escape does not close a meaning"]


def violations(page, axe):
    if not axe:
        return []
    page.evaluate(Path(axe).read_text())
    found = page.evaluate("axe.run()")["violations"]
    return [f"axe: {one['id']} ({one['impact']}): {one['nodes'][0]['html'][:90]}" for one in found if one["impact"] in SERIOUS]


def check(browser, report, asked):
    wrong = []
    for width, scheme in VIEWS:
        where = f"{report.parent.name}/{report.name} at {width} {scheme}"
        page, said = opened(browser, report, width, scheme)
        found = [f"{part} is missing" for part in ORDER if not page.locator(part).count()]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append("the page is wider than the window")
        found += wrong_terms(page)
        if asked.out:
            page.evaluate("document.activeElement.blur()")
            height = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
            clip = {"x": 0, "y": 0, "width": width, "height": height}
            page.screenshot(path=f"{asked.out}/{report.parent.name}-{width}-{scheme}.png", full_page=True, clip=clip)
        if (width, scheme) == VIEWS[0]:
            found += wrong_downloads(page)
        found += wrong_tables(page)
        found += violations(page, asked.axe)
        wrong += [f"{where}: {one}" for one in said + found]
        page.context.close()
    page, said = opened(browser, report, 1440, "light", java_script_enabled=False)
    if page.locator("button").count() or not page.locator("#answer p").first.is_visible():
        wrong.append(f"{report}: without scripts it cannot be read")
    page.context.close()
    return wrong + said


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("reports", nargs="+", type=Path)
    for name in ("axe", "out"):
        arguments.add_argument(f"--{name}")
    asked, wrong = arguments.parse_args(), []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for report in asked.reports:
            start = time.monotonic()
            found = check(browser, report, asked)
            print(f"{report.parent.name}: {report.stat().st_size / 1e6:.2f} MB, {len(found)} wrong, {time.monotonic() - start:.0f} s", flush=True)
            wrong += found
        browser.close()
    print("\n".join(wrong) or "nothing wrong")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
