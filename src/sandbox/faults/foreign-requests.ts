import type { IncomingMessage } from 'node:http';
import { createAnswer, type Answer } from './answer.ts';

/** The names of this machine as seen from itself, with any port. */
const ownHost = /^(localhost|127(\.\d{1,3}){3}|\[::1\])\.?(:\d*)?$/i;

/**
 * Refuses what a web page may have sent: one of another site, which could switch faults, and one whose name was made
 * to resolve to this machine, which could read customers as well. Programs say nothing of a site.
 */
export function refuseForeign(request: IncomingMessage, isForControl: boolean): Answer | undefined {
  const { method, headers } = request;
  const { host, origin, 'content-type': type = '' } = headers;
  const site = headers['sec-fetch-site'];
  if (host !== undefined && !ownHost.test(host))
    return refuse(421, 'The sandbox is for programs of this machine: call it by 127.0.0.1 or localhost.');
  // A link that is followed shows the answer to its reader alone.
  const isLink = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
  const isForeignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  if ((origin !== undefined && origin !== `http://${host}`) || (isForeignSite && !isLink))
    return refuse(403, 'The sandbox takes no requests from pages of other sites.');
  const isBrowser = origin !== undefined || site !== undefined;
  if (isForControl && isBrowser && hasBody(method) && !/^application\/json\s*(;|$)/i.test(type))
    return refuse(415, 'Faults that a page sends are application/json.');
  return undefined;
}

function hasBody(method = ''): boolean {
  return method === 'POST' || method === 'PUT';
}

function refuse(status: number, message: string): Answer {
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  };
  return createAnswer(status, headers, `${JSON.stringify({ message })}\n`);
}
