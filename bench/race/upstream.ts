import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expectFreePort, startPinned, waitForPort, type PinnedProcess } from './pinned-process.ts';

/**
 * The REST APIs of the race.
 *
 * - `files`: nginx with a file for every record; filters over several ids are refused, so that all make the same calls
 * - `slow`: the same, but each answer takes 50 ms
 * - `filters`: a small server with the same records that has lists, filters over several ids, and lookups
 */
export type UpstreamKind = 'files' | 'slow' | 'filters';

export interface Upstream {
  /** Calls since this was asked last. */
  takeCallCount(): Promise<number>;
  /** Waits until no more calls arrive: what clients have left behind is still worked on for a while. */
  becomeQuiet(): Promise<void>;
  stop(): Promise<void>;
}

/** Of the slow ones. */
export const latencyMs = 50;

const quietMs = 1_000;

export const upstreamPort = 4_900;
export const upstreamUrl = `http://127.0.0.1:${upstreamPort}`;
const statusUrl = `${upstreamUrl}/status`;

export async function startUpstream(kind: UpstreamKind, workFolder: string, core: number): Promise<Upstream> {
  await expectFreePort(upstreamPort);
  const server: PinnedProcess = startPinned({
    command: kind === 'filters' ? prepareFilters(workFolder) : prepareNginx(workFolder, kind),
    folder: workFolder,
    core,
    logFile: path.join(workFolder, 'upstream.log'),
  });
  await waitForPort(upstreamPort);
  let before = await countRequests();
  const takeCallCount = async () => {
    const now = await countRequests();
    // The question itself is counted too.
    const calls = now - before - 1;
    before = now;
    return calls;
  };
  return {
    takeCallCount,
    async becomeQuiet() {
      do await sleep(quietMs);
      while ((await takeCallCount()) > 0);
    },
    stop: () => server.stop(),
  };
}

async function countRequests(): Promise<number> {
  const text = await (await fetch(statusUrl)).text();
  const [, requests] = /^ \d+ \d+ (\d+)/m.exec(text) ?? [];
  if (requests === undefined) throw new Error(`the REST APIs do not say how many calls there were: ${text}`);
  return Number(requests);
}

function prepareFilters(workFolder: string): readonly string[] {
  const script = fileURLToPath(new URL('filters-upstream.mjs', import.meta.url));
  return ['node', script, path.join(workFolder, 'records'), String(upstreamPort)];
}

function prepareNginx(workFolder: string, kind: UpstreamKind): readonly string[] {
  mkdirSync(path.join(workFolder, 'temp'), { recursive: true });
  const file = path.join(workFolder, 'nginx.conf');
  writeFileSync(file, writeConfiguration(workFolder, kind));
  return ['nginx', '-c', file, '-e', path.join(workFolder, 'nginx-error.log')];
}

function writeConfiguration(workFolder: string, kind: UpstreamKind): string {
  const serve =
    kind === 'slow' ? `echo_sleep ${latencyMs / 1_000}; echo_exec @files;` : 'try_files $uri =404;';
  return `
include /etc/nginx/modules-enabled/*.conf;
worker_processes 1;
daemon off;
pid ${workFolder}/nginx.pid;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path ${workFolder}/temp;
  default_type application/json;
  keepalive_requests 100000000;
  keepalive_timeout 600;
  open_file_cache max=4000;
  open_file_cache_valid 600;
  server {
    listen 127.0.0.1:${upstreamPort} backlog=2048;
    root ${workFolder}/records;
    location = /status { stub_status; }
    # A site that takes no filters over several ids.
    location = /sage200/customers {
      if ($args ~ "(%20|\\+)or(%20|\\+)") { return 400; }
      return 200 "[]";
    }
    location / { ${serve} }
    location @files { try_files $uri =404; }
  }
}
`;
}
