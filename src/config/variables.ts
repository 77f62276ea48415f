import type { z } from 'zod';
import { valueAt } from './setting-at.ts';
import type { YamlFile } from './yaml-file.ts';

/**
 * Turns the values of variables, which are texts, into what the settings want: `company: ${SAGE_COMPANY}` is a
 * number. Done where a check failed for this alone, so that a token of digits stays a text.
 */
export function adoptTypes(value: unknown, issues: readonly z.core.$ZodIssue[], path: readonly string[], yaml: YamlFile): unknown {
  return issues.reduce((current, issue) => {
    const within = issue.path.map(String);
    const isVariable = /^\$\{\w+\}$/.test(yaml.textAt([...path, ...within]) ?? '');
    const adopted = isVariable && issue.code === 'invalid_type' ? toType(valueAt(value, within), issue.expected) : undefined;
    return adopted === undefined ? current : replaceAt(current, within, adopted);
  }, value);
}

function toType(text: unknown, expected: string): number | boolean | undefined {
  if (typeof text !== 'string') return undefined;
  if ((expected === 'number' || expected === 'int') && /^-?\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text);
  if (expected === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return undefined;
}

function replaceAt(value: unknown, [key, ...rest]: readonly string[], replacement: unknown): unknown {
  if (key === undefined) return replacement;
  if (typeof value !== 'object' || value === null) return value;
  return { ...value, [key]: replaceAt(valueAt(value, [key]), rest, replacement) };
}
