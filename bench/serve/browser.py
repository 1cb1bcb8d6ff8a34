"""Drives the page of `topolens serve` and a report in headless Chromium.

    python bench/serve/browser.py BINARY RUNS [--report FILE] [--axe axe.min.js] [--out FOLDER]

Needs Playwright (`pip install playwright`) and Debian's chromium; axe.min.js is in the npm package axe-core. RUNS holds a run with a profile, and may hold an attack and a profile called onnx with its clouds. Moves
sliders, selects, takes screenshots at 1440 and 390 pixels, light and dark, and fails on an error in the console, a request elsewhere, a slider
that changes nothing, or a violation that axe-core finds.
"""

import argparse
import json
import subprocess
from pathlib import Path

from playwright.sync_api import sync_playwright

VIEWS = [("wide-light", (1440, 1000), "light"), ("wide-dark", (1440, 1000), "dark"), ("phone-light", (390, 844), "light")]


def slide(page, name, value):
    page.evaluate(
        "([name, value]) => { const at = document.getElementById(name); at.value = value; at.dispatchEvent(new Event('input')); }",
        [name, value],
    )


def walk(page, address):
    page.goto(address)
    runs = page.locator("#studies li:has(input:enabled) button")
    runs.first.wait_for()
    runs.first.click()
    page.wait_for_selector("#selected tbody tr:nth-child(6)", timeout=120_000)
    before = page.inner_html("#curve"), page.inner_text("#diagram-words")
    slide(page, "layer", 2)
    page.wait_for_selector("#selected tbody tr:nth-child(6)", timeout=120_000)
    slide(page, "epsilon", 400)
    after = page.inner_html("#curve"), page.inner_text("#diagram-words")
    assert before[0] != after[0] and before[1] != after[1], "a slider changed nothing"
    page.locator("#selected tbody tr").nth(2).click()
    assert page.locator("#selected tbody tr").count() == 1, "the selection is not linked"
    page.locator("#intervals tbody tr").first.click()
    assert page.locator("#intervals tr[aria-selected=true]").count() == 1
    page.locator("#picture").wait_for()
    page.select_option("#plane", "t-sne")
    page.wait_for_function("document.getElementById('points-words').textContent.includes('placed by t-SNE (perplexity')", timeout=120_000)
    page.select_option("#plane", "widest")


def walk_attack(page):
    """The first study of attacks: its strength moves the curve and what is said."""
    study = page.locator("#studies li:has-text('attack') button")
    if not study.count():
        return
    study.first.click()
    page.wait_for_selector("#attack-section:not([hidden]) #attack-curve polyline")
    before = page.inner_html("#attack-curve"), page.inner_text("#attack-words")
    slide(page, "strength", 1)
    after = page.inner_html("#attack-curve"), page.inner_text("#attack-words")
    assert before[0] != after[0] and before[1] != after[1], "the strength changed nothing"
    assert page.locator("#attack-curve polyline").count() == 2


def walk_kept(page):
    """The first study whose clouds were kept, of a network that is no run: its points and their pictures are shown."""
    study = page.locator("#studies li:has-text('onnx') button")
    if not study.count():
        return
    study.first.click()
    page.wait_for_function("document.getElementById('points-words').textContent.includes('points in the plane')", timeout=60_000)
    page.locator("#selected tbody tr").nth(3).hover()
    page.wait_for_function("document.getElementById('picture').naturalWidth > 0", timeout=10_000)


def violations(page, axe):
    if not axe:
        return []
    page.evaluate(Path(axe).read_text())
    found = page.evaluate("axe.run()")["violations"]
    return [(one["id"], one["impact"], one["nodes"][0]["html"][:80]) for one in found]


def watched(browser, size, scheme, own):
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, bypass_csp=True)
    page, said = context.new_page(), []
    page.on("console", lambda line: said.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith((own, "data:")) else said.append(request.url))
    return page, said


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("binary")
    arguments.add_argument("runs")
    for name in ("report", "axe", "out"):
        arguments.add_argument(f"--{name}")
    asked = arguments.parse_args()
    server = subprocess.Popen([asked.binary, "serve", asked.runs, "--json"], stdout=subprocess.PIPE, text=True)
    address = json.loads(server.stdout.readline())["address"]
    wrong = []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            for name, size, scheme in VIEWS:
                page, said = watched(browser, size, scheme, address.split("?")[0])
                walk(page, address)
                wrong += said + violations(page, asked.axe)
                if asked.out:
                    page.screenshot(path=f"{asked.out}/serve-{name}.png", full_page=True)
                walk_kept(page)
                walk_attack(page)
                wrong += violations(page, asked.axe)
                if asked.out:
                    page.screenshot(path=f"{asked.out}/serve-attack-{name}.png", full_page=True)
                if asked.report:
                    page, said = watched(browser, size, scheme, "file:")
                    page.goto(Path(asked.report).resolve().as_uri())
                    wrong += said + violations(page, asked.axe)
            browser.close()
    finally:
        server.terminate()
    print("\n".join(map(str, wrong)) or "nothing wrong")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
