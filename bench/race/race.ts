import { contestants, type ContestantName } from './contestants.ts';
import { measure, otherCore, startContestant, type Measurement, type Start, type Timing } from './run.ts';
import { scenarios, type Scenario, type ScenarioName, type Setup } from './scenarios.ts';
import { startUpstream, type Upstream, type UpstreamKind } from './upstream.ts';

export interface Plan {
  readonly contestants: readonly ContestantName[];
  readonly scenarios: readonly ScenarioName[];
  readonly rounds: number;
  readonly timing: Timing;
}

export interface Results {
  readonly measurements: (Measurement & {
    readonly contestant: ContestantName;
    readonly scenario: ScenarioName;
  })[];
  readonly starts: (Start & { readonly contestant: ContestantName })[];
}

const setups: readonly Setup[] = ['plain', 'cached'];

/** In each round every contestant takes its turn, so that all have the same weather. */
export async function race(plan: Plan, workFolder: string): Promise<Results> {
  const results: Results = { measurements: [], starts: [] };
  for (let round = 1; round <= plan.rounds; round += 1)
    for (const contestant of plan.contestants)
      for (const setup of setups) await takeTurn(contestant, setup, plan, workFolder, results);
  return results;
}

/** All scenarios of a contestant in one set-up. */
async function takeTurn(
  name: ContestantName,
  setup: Setup,
  plan: Plan,
  workFolder: string,
  results: Results,
): Promise<void> {
  const contestant = contestants[name];
  const command = contestant.command(setup);
  const asked = plan.scenarios.filter((scenario) => scenarios[scenario].setup === setup);
  if (command === undefined || asked.length === 0) return;
  const apis = createUpstreams(workFolder);
  try {
    await apis.use('files');
    const { program, start } = await startContestant(contestant, command, workFolder);
    try {
      if (setup === 'plain') results.starts.push({ contestant: name, ...start });
      for (const scenarioName of asked) {
        const scenario: Scenario = scenarios[scenarioName];
        if (scenario.ask(contestant.operations, scenario.idsAt(0)) === undefined) continue;
        const upstream = await apis.use(scenario.upstream);
        const figures = await measure(contestant, program, scenario, upstream, plan.timing, workFolder);
        results.measurements.push({ contestant: name, scenario: scenarioName, ...figures });
        console.error(
          `${name}, ${scenarioName}: ${figures.perSecond.toFixed(0)}/s, ${figures.cpuMicros.toFixed(0)} µs CPU`,
        );
      }
    } finally {
      await program.stop();
    }
  } finally {
    await apis.stop();
  }
}

/** One of the kinds of REST APIs at a time. */
function createUpstreams(workFolder: string) {
  let current: { readonly kind: UpstreamKind; readonly upstream: Upstream } | undefined;
  const stop = async () => {
    await current?.upstream.stop();
    current = undefined;
  };
  return {
    async use(kind: UpstreamKind): Promise<Upstream> {
      if (current?.kind === kind) return current.upstream;
      await stop();
      const upstream = await startUpstream(kind, workFolder, otherCore);
      current = { kind, upstream };
      return upstream;
    },
    stop,
  };
}
