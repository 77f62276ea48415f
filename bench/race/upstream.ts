import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectFreePort, startPinned, waitForPort, type PinnedProcess } from './pinned-process.ts';

/** The REST APIs of the race: nginx with a file for every record. It has no filters; see `records.ts`. */
export interface Upstream {
  /** Calls since this was asked last. */
  takeCallCount(): Promise<number>;
  /** Waits until no more calls arrive: what clients have left behind is still worked on for a while. */
  becomeQuiet(): Promise<void>;
  stop(): Promise<void>;
}

const quietMs = 300;

export const upstreamPort = 4_900;
export const upstreamUrl = `http://127.0.0.1:${upstreamPort}`;
const statusUrl = `${upstreamUrl}/status`;

/** @param delayMs how long it waits before each answer; 0 to answer at once */
export async function startUpstream(workFolder: string, core: number, delayMs: number): Promise<Upstream> {
  mkdirSync(path.join(workFolder, 'temp'), { recursive: true });
  const file = path.join(workFolder, 'nginx.conf');
  writeFileSync(file, writeConfiguration(workFolder, delayMs));
  await expectFreePort(upstreamPort);
  const nginx: PinnedProcess = startPinned({
    command: ['nginx', '-c', file, '-e', path.join(workFolder, 'nginx-error.log')],
    folder: workFolder,
    core,
    logFile: path.join(workFolder, 'nginx.log'),
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
    stop: () => nginx.stop(),
  };
}

async function countRequests(): Promise<number> {
  const text = await (await fetch(statusUrl)).text();
  const [, requests] = /^ \d+ \d+ (\d+)/m.exec(text) ?? [];
  if (requests === undefined) throw new Error(`nginx says nothing of its requests: ${text}`);
  return Number(requests);
}

function writeConfiguration(workFolder: string, delayMs: number): string {
  const serve = delayMs === 0 ? 'try_files $uri =404;' : `echo_sleep ${delayMs / 1_000}; echo_exec @files;`;
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
    # A site without filters over several ids: every contestant makes the same calls.
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
