import { limits } from '../../schemas/limits.ts';
import { contextMessage } from '../../schemas/wire-event.ts';
import type { Fault } from './fault.ts';

const roles: ReadonlySet<unknown> = new Set(contextMessage.shape.role.options);

type Fields = Readonly<Record<string, unknown>>;

/**
 * Judges the parts of an event that may be long, and stops at the first fault. The schema says the same, but it would
 * report every wrong element: one event can hold 10^5 of them, and cost half a second.
 */
export function listFault(event: object): Fault | undefined {
  const { type, properties, content, over, context } = event as Fields;
  if (isObject(properties) && Object.keys(properties).length > limits.propertiesPerEvent) {
    return fault('/properties', `expected at most ${String(limits.propertiesPerEvent)} properties`);
  }
  if (type === 'turn' || type === 'edit') {
    const inContent = partsFault(content, '/content');
    if (inContent) return inContent;
  }
  if (type === 'choose' && Array.isArray(over) && over.length > limits.choices) {
    return fault('/over', `expected at most ${String(limits.choices)} replies`);
  }
  return type === 'turn' && isObject(context) ? messagesFault(context['messages']) : undefined;
}

function messagesFault(messages: unknown): Fault | undefined {
  if (!Array.isArray(messages)) return undefined;
  for (const [index, message] of messages.entries()) {
    const path = `/context/messages/${String(index)}`;
    const content = isObject(message) ? message['content'] : undefined;
    if (
      !isObject(message) ||
      !roles.has(message['role']) ||
      (typeof content !== 'string' && !Array.isArray(content))
    ) {
      return fault(path, 'expected a message with role and content');
    }
    const inParts = partsFault(content, `${path}/content`);
    if (inParts) return inParts;
  }
  return undefined;
}

function partsFault(content: unknown, path: string): Fault | undefined {
  if (!Array.isArray(content)) return undefined;
  const wrong = content.findIndex(
    (part) => !isObject(part) || part['type'] !== 'text' || typeof part['text'] !== 'string',
  );
  return wrong < 0
    ? undefined
    : fault(`${path}/${String(wrong)}`, 'expected { "type": "text", "text": string }');
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fault(path: string, message: string): Fault {
  return { code: 'invalid_field', path, message };
}
