import type { Page } from 'playwright-core';

/** Where what this project adds to GraphiQL stands. */
const ours =
  '.panel, .exchange, .source-list, .sign-in-hint, .skip-links, .copied, .page-name, .graphiql-plugin:has(> .panel)';

/** A serious or critical finding of axe. */
export interface Violation {
  readonly rule: string;
  readonly target: string;
  /** Whether it is in what this project adds to GraphiQL. */
  readonly isOurs: boolean;
}

/** What breaks WCAG 2.2 AA in the page as it is shown. axe has to be in the page. */
export async function findViolations(page: Page): Promise<readonly Violation[]> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const text: unknown =
    await page.evaluate(`axe.run(document, { runOnly: ${JSON.stringify(tags)} }).then(({ violations }) =>
    JSON.stringify(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').flatMap(({ id, nodes }) =>
      nodes.map(({ target }) => ({
        rule: id,
        target: target.join(' '),
        isOurs: document.querySelector(target[0])?.matches(':is(${ours}), :is(${ours}) *') === true
          && document.querySelector(target[0])?.closest('.graphiql-doc-explorer') === null,
      })))))`);
  return JSON.parse(String(text));
}

/**
 * Texts of ours with a contrast below 4.5, computed: axe leaves those aside whose background it cannot tell.
 *
 * @returns each with its ratio
 */
export async function findPoorContrast(page: Page): Promise<readonly string[]> {
  const text: unknown = await page.evaluate(`(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const parse = (color) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      return [r, g, b, a / 255];
    };
    const over = ([r, g, b, a], [r2, g2, b2]) => [r * a + r2 * (1 - a), g * a + g2 * (1 - a), b * a + b2 * (1 - a), 1];
    const behind = (element) => {
      const below = element.parentElement === null ? [255, 255, 255, 1] : behind(element.parentElement);
      return over(parse(getComputedStyle(element).backgroundColor), below);
    };
    const luminance = (color) => {
      const [r, g, b] = color.slice(0, 3).map((part) => part / 255)
        .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
    const elements = [...document.querySelectorAll(':is(${ours}), :is(${ours}) *')]
      .filter((element) => hasText(element) && element.closest('button:disabled') === null);
    return JSON.stringify(elements.flatMap((element) => {
      const back = behind(element);
      const front = over(parse(getComputedStyle(element).color), back);
      const [light, dark] = [luminance(front), luminance(back)].sort((a, b) => b - a);
      const ratio = (light + 0.05) / (dark + 0.05);
      return ratio < 4.5 ? [ratio.toFixed(2) + ': ' + element.textContent.slice(0, 40)] : [];
    }));
  })()`);
  return JSON.parse(String(text));
}
