import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { restSettings } from '../../src/rest/settings.ts';
import { startProcess } from '../support/command-line.ts';
import { startSite, type Site } from './oauth2-site.ts';
import { closeAll, secrets } from './test-client.ts';

let folder: string;
let tokenFile: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'token-file-'));
  tokenFile = path.join(folder, 'token');
});

afterEach(async () => {
  await closeAll();
  await rm(folder, { recursive: true });
});

const refreshToken = (count: number | string) => `${secrets.refreshToken}-${count}`;
const sentBy = ({ grants }: Site) => grants.map((grant) => grant.get('refresh_token'));
const modeOf = async (file: string) => (await stat(file)).mode & 0o777;
const stored = () => JSON.parse(readFileSync(tokenFile, 'utf8'));

/** An endpoint that rotates, and takes the newest refresh token only. */
function startRotatingSite(): Promise<Site> {
  return startSite((count) => ({ body: { refresh_token: refreshToken(count) } }));
}

/** The tokens of another process, as it stores them. */
function storeAs(file: string, state: object): void {
  writeFileSync(file, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
}

describe('the token file', () => {
  it('keeps the newest tokens, for its owner only, and nothing else is left beside it', async () => {
    const site = await startRotatingSite();
    const client = site.connect({ tokenFile });
    await client.read();
    expect(stored()).toMatchObject({
      refreshToken: refreshToken(1),
      access: { token: `${secrets.token}-1` },
    });
    expect(await modeOf(tokenFile)).toBe(0o600);
    site.revoke();
    await client.read();
    expect(stored()).toMatchObject({
      refreshToken: refreshToken(2),
      access: { token: `${secrets.token}-2` },
    });
    expect(await modeOf(tokenFile)).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['token']);
  });

  it('spares a start the refresh token while the access token still holds', async () => {
    const site = await startRotatingSite();
    for (let start = 0; start < 5; start += 1) {
      const client = site.connect({ tokenFile });
      await expect(client.read()).resolves.toEqual({ token: 1 });
      await client.close();
    }
    expect(site.grants).toHaveLength(1);
  });

  it('is gone on from when that access token is refused', async () => {
    const site = await startRotatingSite();
    await site.connect({ tokenFile }).read();
    site.revoke();
    await expect(site.connect({ tokenFile }).read()).resolves.toEqual({ token: 2 });
    expect(sentBy(site)).toEqual([refreshToken(0), refreshToken(1)]);
  });

  it('holds the new tokens before the new access token is used', async () => {
    const site = await startRotatingSite();
    const seen: unknown[] = [];
    site.onCall(() => seen.push(stored().refreshToken));
    const client = site.connect({ tokenFile });
    await client.read();
    site.revoke();
    await client.read();
    // The call in between was refused.
    expect(seen).toEqual([refreshToken(1), refreshToken(1), refreshToken(2)]);
  });

  it('keeps the access token of an endpoint that does not rotate as well', async () => {
    const site = await startSite();
    await site.connect({ tokenFile }).read();
    await site.connect({ tokenFile }).read();
    expect(stored()).toMatchObject({ refreshToken: refreshToken(0) });
    expect(site.grants).toHaveLength(1);
  });

  it.each([
    ['of a refresh token alone, in the form of old', `${refreshToken('a')}\n`],
    ['with white space and a byte order mark around it', `\uFEFF \t${refreshToken('a')}\r\n\r\n`],
  ])('may consist %s', async (_what, content) => {
    writeFileSync(tokenFile, content, { mode: 0o644 });
    const site = await startRotatingSite();
    await site.connect({ tokenFile }).read();
    expect(sentBy(site)).toEqual([refreshToken('a')]);
    expect(await modeOf(tokenFile)).toBe(0o600);
  });

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['blank', '\n'],
  ])('that is %s is none', async (_what, content) => {
    if (content !== undefined) writeFileSync(tokenFile, content);
    const site = await startRotatingSite();
    await site.connect({ tokenFile }).read();
    expect(sentBy(site)).toEqual([refreshToken(0)]);
  });

  it('gives way to a refresh token that was configured since, and is gone back to when that is refused', async () => {
    const site = await startSite((count, grant) =>
      grant.get('refresh_token') === refreshToken('new')
        ? { status: 400, body: '{"error":"invalid_grant"}' }
        : { body: { refresh_token: refreshToken(count), expires_in: 1 } },
    );
    await site.connect({ tokenFile }).read();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await site.connect({ tokenFile, refreshToken: refreshToken('new') }).read();
    expect(sentBy(site)).toEqual([refreshToken(0), refreshToken('new'), refreshToken(1)]);
  });

  it('does not lend its access token to another client, scope or endpoint', async () => {
    const site = await startRotatingSite();
    await site.connect({ tokenFile }).read();
    await site.connect({ tokenFile, scope: 'write' }).read();
    await site.connect({ tokenFile, scope: 'write', clientId: 'other' }).read();
    expect(sentBy(site)).toEqual([0, 1, 2].map(refreshToken));
  });

  it('is written where a link leads, and the link stays', async () => {
    const link = path.join(folder, 'link');
    symlinkSync('token', link);
    const site = await startRotatingSite();
    await site.connect({ tokenFile: link }).read();
    expect(stored()).toMatchObject({ refreshToken: refreshToken(1) });
    expect(readdirSync(folder).toSorted()).toEqual(['link', 'token']);
  });

  it.each([
    ['a directory', () => folder, 'expected a file'],
    ['in no directory', () => path.join(folder, 'no', 'token'), 'a directory that exists'],
    [
      'something else than tokens',
      () => {
        writeFileSync(tokenFile, 'server:\n  port: 4000\n');
        return tokenFile;
      },
      'this one holds something else, which would be overwritten',
    ],
  ])('that is %s is refused when the settings are read', (_what, createFile, message) => {
    const auth = {
      type: 'oauth2',
      tokenUrl: 'https://id.example.com/token',
      clientId: 'client',
      clientSecret: 'secret',
      refreshToken: 'token',
      tokenFile: createFile(),
    };
    const { error } = restSettings.safeParse({ baseUrl: 'https://api.example.com', auth });
    expect(error?.issues.map((issue) => issue.message)).toEqual([expect.stringContaining(message)]);
  });

  it('that became something else is not written over, and told', async () => {
    const site = await startRotatingSite();
    const client = site.connect({ tokenFile });
    writeFileSync(tokenFile, 'a letter to a friend');
    await expect(client.readFailure()).resolves.toMatchObject({
      code: 'UPSTREAM_UNAUTHORIZED',
      reason: 'no access token: tokenFile holds something else than tokens',
    });
    expect(readFileSync(tokenFile, 'utf8')).toBe('a letter to a friend');
    expect(site.grants).toEqual([]);
  });

  it('that cannot be written is told, and the process goes on with what it knows', async () => {
    const site = await startRotatingSite();
    const client = site.connect({ tokenFile });
    await rm(folder, { recursive: true });
    await client.read();
    site.revoke();
    await expect(client.read('/again')).resolves.toEqual({ token: 2 });
    expect(sentBy(site)).toEqual([refreshToken(0), refreshToken(1)]);
    expect(client.events).toContain(
      JSON.stringify([
        'warned',
        'north',
        'the newest refresh token could not be written to tokenFile (ENOENT): it is lost with this process',
      ]),
    );
    await client.close();
    folder = await mkdtemp(path.join(tmpdir(), 'token-file-'));
  });
});

describe('a refused refresh token', () => {
  it('is tried again when the token file has changed, and not before', async () => {
    const site = await startSite((_count, grant) =>
      grant.get('refresh_token') === refreshToken('good')
        ? {}
        : { status: 400, body: '{"error":"invalid_grant"}' },
    );
    const client = site.connect({ tokenFile });
    for (let index = 0; index < 5; index += 1) await client.readFailure(`/${index}`);
    expect(sentBy(site)).toEqual([refreshToken(0)]);
    writeFileSync(tokenFile, refreshToken('good'));
    await expect(client.read()).resolves.toEqual({ token: 2 });
  });
});

describe('what a killed process left', () => {
  const interrupted =
    'a process ended while it waited for new tokens: if the refresh token in tokenFile is refused now, its successor is lost';
  const warningsOf = ({ events }: { events: readonly string[] }) =>
    events.filter((event) => event.startsWith('["warned"')).map((event) => JSON.parse(event)[2]);

  it('is put in its place when it is whole', async () => {
    storeAs(tokenFile, { refreshToken: refreshToken('old') });
    storeAs(`${tokenFile}.new`, { refreshToken: refreshToken('new') });
    const site = await startRotatingSite();
    const client = site.connect({ tokenFile });
    await client.read();
    expect(sentBy(site)).toEqual([refreshToken('new')]);
    expect(warningsOf(client)).toEqual([]);
    expect(readdirSync(folder)).toEqual(['token']);
  });

  it.each([
    ['empty', ''],
    ['cut short', '{"refreshToken":"'],
  ])('is told and thrown away when it is %s', async (_what, content) => {
    storeAs(tokenFile, { refreshToken: refreshToken('old') });
    writeFileSync(`${tokenFile}.new`, content);
    const site = await startRotatingSite();
    const client = site.connect({ tokenFile });
    await client.read();
    expect(sentBy(site)).toEqual([refreshToken('old')]);
    expect(warningsOf(client)).toEqual([interrupted]);
    expect(readdirSync(folder)).toEqual(['token']);
  });
});

describe('two that share a token file', () => {
  it('renew it once', async () => {
    const site = await startRotatingSite();
    const [first, second] = [site.connect({ tokenFile }), site.connect({ tokenFile })];
    await expect(Promise.all([first.read('/1'), second.read('/2')])).resolves.toEqual([
      { token: 1 },
      { token: 1 },
    ]);
    site.revoke();
    await expect(first.read('/3')).resolves.toEqual({ token: 2 });
    await expect(second.read('/4')).resolves.toEqual({ token: 2 });
    expect(sentBy(site)).toEqual([refreshToken(0), refreshToken(1)]);
  });

  it('renew it once when they are processes that start together', async () => {
    const site = await startRotatingSite();
    const settings = JSON.stringify({ ...site.auth, refreshToken: refreshToken(0), tokenFile });
    const readers = [1, 2, 3].map(() =>
      startProcess(
        ['--import', 'tsx', 'test/support/processes/token-reader.ts', settings, site.api.url],
        process.cwd(),
      ),
    );
    for (const { ended } of readers)
      expect(await ended).toMatchObject({ output: 'started\ntrue\n', errorOutput: '' });
    expect(sentBy(site)).toEqual([refreshToken(0)]);
    expect(site.api.calls).toHaveLength(3);
  });

  it('wait for another process that holds the lock, and use what it has got', async () => {
    const site = await startRotatingSite();
    // The process that runs this test's parent, say: one that is there.
    writeFileSync(`${tokenFile}.lock`, JSON.stringify({ pid: process.ppid, host: hostname() }));
    const read = site.connect({ tokenFile }).read();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(site.grants).toEqual([]);
    storeAs(tokenFile, { refreshToken: refreshToken('theirs') });
    await rm(`${tokenFile}.lock`);
    await read;
    expect(sentBy(site)).toEqual([refreshToken('theirs')]);
  });

  it('do not wait for another machine that has not shown for half a minute', async () => {
    const lock = `${tokenFile}.lock`;
    writeFileSync(lock, JSON.stringify({ pid: 1, host: 'elsewhere' }));
    const longAgo = new Date(Date.now() - 31_000);
    utimesSync(lock, longAgo, longAgo);
    const site = await startRotatingSite();
    await expect(site.connect({ tokenFile }).read()).resolves.toEqual({ token: 1 });
  });

  it.each([
    ['a process that is gone', () => ({ pid: endedProcess(), host: hostname() })],
    ['an earlier process with the same id', () => ({ pid: process.pid, host: hostname() })],
  ])('do not wait for %s', async (_what, createOwner) => {
    writeFileSync(`${tokenFile}.lock`, JSON.stringify(createOwner()));
    const site = await startRotatingSite();
    await expect(site.connect({ tokenFile }).read()).resolves.toEqual({ token: 1 });
    expect(existsSync(`${tokenFile}.lock`)).toBe(false);
  });
});

/** The id of a process that has ended. */
function endedProcess(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}
