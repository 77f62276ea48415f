import { execFileSync, spawnSync } from 'node:child_process';

/** Programs that the race needs, and the Debian packages that have them. */
const packageOf = { nginx: 'nginx-light', wrk: 'wrk', taskset: 'util-linux' } as const;

/**
 * Installs what is missing, on Debian and as root.
 *
 * @throws Error that says what to install, elsewhere
 */
export function installPrograms(): void {
  const missing = Object.entries(packageOf).filter(([program]) => spawnSync('which', [program]).status !== 0);
  if (missing.length === 0) return;
  const packages = missing.map(([, name]) => name);
  if (spawnSync('which', ['apt-get']).status !== 0 || process.getuid?.() !== 0)
    throw new Error(
      `The race needs ${missing.map(([name]) => name).join(', ')}: install ${packages.join(', ')}.`,
    );
  console.error(`Installing ${packages.join(', ')} …`);
  execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}
