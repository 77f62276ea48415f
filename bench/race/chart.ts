import { contestants, type ContestantName } from './contestants.ts';
import type { Results } from './race.ts';
import { medianOf } from './report.ts';
import { scenarios, type ScenarioName } from './scenarios.ts';

const width = 760;
const labelWidth = 220;
const barHeight = 18;
const rowHeight = 24;
const headHeight = 34;

interface Bar {
  readonly name: ContestantName;
  readonly perSecond: number;
}

/** An SVG of bars: operations per second, for each scenario beside the fastest. */
export function drawChart({ measurements }: Results): string {
  const asked = [...new Set(measurements.map(({ scenario }) => scenario))];
  let top = 0;
  const groups = asked.map((scenario) => {
    const bars = barsOf(scenario, measurements);
    const group = drawGroup(scenarios[scenario].title, bars, top);
    top += headHeight + bars.length * rowHeight;
    return group;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top + 10}" font-family="sans-serif" font-size="13">`,
    `<title>Operations per second on one core</title>`,
    `<rect width="${width}" height="${top + 10}" fill="#fff"/>`,
    ...groups,
    '</svg>\n',
  ].join('\n');
}

function barsOf(scenario: ScenarioName, measurements: Results['measurements']): readonly Bar[] {
  const own = measurements.filter((each) => each.scenario === scenario);
  return [...new Set(own.map(({ contestant }) => contestant))].map((name) => ({
    name,
    perSecond: medianOf(
      own.filter(({ contestant }) => contestant === name).map(({ perSecond }) => perSecond),
    ),
  }));
}

function drawGroup(title: string, bars: readonly Bar[], top: number): string {
  const most = Math.max(...bars.map(({ perSecond }) => perSecond));
  const rows = bars.map(({ name, perSecond }, index) => {
    const y = top + headHeight + index * rowHeight;
    const length = Math.max(1, ((width - labelWidth - 90) * perSecond) / most);
    const color = name === 'customer-graph' ? '#0b6e4f' : '#9aa5b1';
    return [
      `<text x="${labelWidth - 8}" y="${y + 13}" text-anchor="end">${contestants[name].name}</text>`,
      `<rect x="${labelWidth}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" fill="${color}"/>`,
      `<text x="${labelWidth + length + 6}" y="${y + 13}">${perSecond.toFixed(0)}/s</text>`,
    ].join('');
  });
  return [`<text x="8" y="${top + 22}" font-weight="bold">${title}</text>`, ...rows].join('\n');
}
