import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { createAnswer, sendAnswer, type Answer } from './answer.ts';
import { describeCatalogue } from './catalogue.ts';
import type { FaultBoard } from './fault-board.ts';
import { FaultSettingsError, type FaultProblem } from './parse-faults.ts';

/** Where the faults of an API are switched. */
const controlPath = '/__faults';

export function isForControl(url: string): boolean {
  return url.split('?')[0]?.replace(/\/$/, '') === controlPath;
}

/** GET lists, PUT replaces, POST adds, DELETE switches all off. */
export async function serveControl(
  board: FaultBoard,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await text(request);
  sendAnswer(response, answerControl(board, request.method ?? '', body));
}

/** @param body JSON, as far as the method takes one */
export function answerControl(board: FaultBoard, method: string, body: string): Answer {
  switch (method) {
    case 'GET':
      return answerJson(200, { active: board.list(), catalogue: describeCatalogue() });
    case 'PUT':
      return change(board, 200, () => board.set(parseBody(body)));
    case 'POST':
      return change(board, 201, () => board.add(parseBody(body)));
    case 'DELETE':
      return change(board, 200, () => board.set([]));
    default:
      return answerJson(
        405,
        { message: `${controlPath} knows GET, PUT, POST and DELETE.` },
        { allow: 'GET, PUT, POST, DELETE' },
      );
  }
}

function change(board: FaultBoard, status: number, apply: () => void): Answer {
  try {
    apply();
    return answerJson(status, { active: board.list() });
  } catch (error) {
    if (error instanceof FaultSettingsError) return refuse(error.problems);
    throw error;
  }
}

function refuse(problems: readonly FaultProblem[]): Answer {
  const message = 'The faults stay as they are.';
  return answerJson(400, { message, problems });
}

// Whatever the media type says: curl calls everything a form, and what pages send has been looked at.
function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new FaultSettingsError([
      { at: '', found: body === '' ? 'an empty body' : 'a body that is not JSON', expected: 'JSON' },
    ]);
  }
}

function answerJson(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  const all = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  };
  return createAnswer(status, all, `${JSON.stringify(value, null, 2)}\n`);
}
