import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { productFolder } from '../product.ts';
import { drawChart } from './chart.ts';
import type { Plan, Results } from './race.ts';
import { formatReport } from './report.ts';

const page = path.join(productFolder, 'docs/performance.md');
const chart = path.join(productFolder, 'docs/performance.svg');

/** What stands between these lines of the page is written by the race. */
const generated = /(<!-- race: begin -->\n)[^]*(<!-- race: end -->)/;

/** Writes the figures of a race into `docs/performance.md`, and the chart beside it. */
export function writeDocument(results: Results, { rounds, timing }: Plan): void {
  const text = readFileSync(page, 'utf8');
  if (!generated.test(text)) throw new Error(`${page} has no lines for the race's figures.`);
  const model = cpus()[0]?.model ?? 'an unknown processor';
  const conditions = `Medians of ${rounds} rounds, ${timing.seconds} s each after ${timing.warmUpSeconds} s to warm up; Node.js ${process.version}, ${model}.`;
  const figures = `${conditions}\n\n![Operations per second beside the limit](performance.svg)\n\n${formatReport(results)}\n`;
  writeFileSync(
    page,
    text.replace(generated, (_all, begin: string, end: string) => `${begin}\n${figures}\n${end}`),
  );
  writeFileSync(chart, drawChart(results));
}
