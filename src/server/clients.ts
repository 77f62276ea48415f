import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { canonicalAddress, createAddressCheck, parseAuthority, parseSubnet } from '../rest/authority.ts';
import { createRememberedTokens } from './callers/remembered-tokens.ts';

/** Who sends requests, as far as can be told before a token is checked. What is scarce is shared by it. */
export interface Clients {
  /** The subject of a token that was found to be valid before, or else the address of the client. */
  nameOf(request: IncomingMessage): string;
  /** To be told whose request it was when that has been checked. */
  remember(request: IncomingMessage, subject: string): void;
}

export interface ClientsOptions {
  /** Addresses and networks of proxies whose `x-forwarded-for` is believed. */
  readonly trusted: readonly string[];
  /** Whether a subject is known by the token that a request brings. */
  readonly haveTokens: boolean;
}

/** A chain of proxies has fewer. */
const mostAddresses = 20;

export function createClients({ trusted, haveTokens }: ClientsOptions): Clients {
  const subjects = createRememberedTokens<string>();
  const names = new WeakMap<IncomingMessage, string>();
  const isTrusted = createAddressCheck(trusted.flatMap((text) => parseSubnet(text) ?? []));

  /** The nearest address that is not a trusted proxy's: whatever is before it may be made up. */
  function readAddress({ socket, headers }: IncomingMessage): string {
    const direct = socket.remoteAddress ?? '';
    const forwarded = headers['x-forwarded-for'];
    if (trusted.length === 0 || typeof forwarded !== 'string' || !isTrusted(direct)) return direct;
    let nearest = direct;
    for (const text of forwarded.split(',').slice(-mostAddresses).toReversed()) {
      const address = readForwarded(text.trim());
      if (address === undefined) return nearest;
      nearest = address;
      if (!isTrusted(nearest)) return nearest;
    }
    return nearest;
  }

  function readName(request: IncomingMessage): string {
    const { authorization } = request.headers;
    const subject = haveTokens && authorization !== undefined ? subjects.find(authorization) : undefined;
    return subject === undefined ? readAddress(request) : subjectName(subject);
  }

  return {
    nameOf(request) {
      const name = names.get(request) ?? readName(request);
      names.set(request, name);
      return name;
    },
    remember(request, subject) {
      const { authorization } = request.headers;
      if (!haveTokens || authorization === undefined || names.get(request) === subjectName(subject)) return;
      subjects.add(authorization, subject, Infinity);
    },
  };
}

/** So that no subject is taken for an address. */
function subjectName(subject: string): string {
  return `subject ${subject}`;
}

/** Reads an address as proxies write it, with a port or without; undefined for anything else. */
function readForwarded(text: string): string | undefined {
  const address = isIP(text) === 0 ? parseAuthority(text)?.name : canonicalAddress(text);
  return address !== undefined && isIP(address) !== 0 ? address : undefined;
}
