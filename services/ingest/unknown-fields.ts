import { limits } from '../../schemas/limits.ts';
import {
  contextMessage,
  turnEvent,
  wireEvent,
  type EventType,
  type WireEvent,
} from '../../schemas/wire-event.ts';
import type { Fault } from './fault.ts';
import { isDeeperThan, sortedJson } from './sorted-json.ts';

const namesOf = (schema: { shape: object }): ReadonlySet<string> => new Set(Object.keys(schema.shape));

const generationNames = namesOf(turnEvent.shape.generation.unwrap());
const contextNames = namesOf(turnEvent.shape.context.unwrap());
const contentPartNames: ReadonlySet<string> = new Set(['type', 'text']);
const eventNames = Object.fromEntries(
  wireEvent.options.map((option) => [option.shape.type.value, namesOf(option)]),
) as Readonly<Record<EventType, ReadonlySet<string>>>;

/** Every name that may stand in a path of an answer; all others come from the client's data. */
export const contractNames: ReadonlySet<string> = new Set([
  ...wireEvent.options.flatMap((option) => Object.keys(option.shape)),
  ...generationNames,
  ...contextNames,
  ...contentPartNames,
  ...Object.keys(contextMessage.shape),
]);

/**
 * The fields of an event that the contract does not name, as JSON text with sorted keys: those of the event itself,
 * of `generation`, of `context` and of the parts of `content` (a list as long as the parts), each under its name.
 * @returns undefined when there are none, a fault when they nest too deep
 */
export function extraFromEvent(event: WireEvent): string | Fault | undefined {
  let extra = unknownFields(event, eventNames[event.type]);
  if (event.type === 'turn') {
    if (event.generation)
      extra = withFields(extra, 'generation', unknownFields(event.generation, generationNames));
    if (event.context) extra = withFields(extra, 'context', unknownFields(event.context, contextNames));
  }
  if ((event.type === 'turn' || event.type === 'edit') && typeof event.content !== 'string') {
    const parts = event.content.map((part) => unknownFields(part, contentPartNames));
    if (parts.some((part) => part))
      extra = withFields(
        extra,
        'content',
        parts.map((part) => part ?? {}),
      );
  }
  if (!extra) return undefined;
  for (const [name, value] of Object.entries(extra)) {
    if (isDeeperThan(value, limits.extraDepth)) return tooDeep(contractNames.has(name) ? `/${name}` : '/*');
  }
  return sortedJson(extra);
}

export function tooDeep(path: string): Fault {
  const message = `fields that the contract does not name nest at most ${String(limits.extraDepth)} deep`;
  return { code: 'too_deep', path, message };
}

type Fields = Record<string, unknown>;

/** Objects without a prototype, so that a field named `__proto__` is a field like any other. */
function unknownFields(object: object, known: ReadonlySet<string>): Fields | undefined {
  let fields: Fields | undefined;
  for (const name in object) {
    if (known.has(name)) continue;
    fields ??= Object.create(null) as Fields;
    fields[name] = (object as Fields)[name];
  }
  return fields;
}

function withFields(extra: Fields | undefined, name: string, value: unknown): Fields | undefined {
  if (value === undefined) return extra;
  const fields = extra ?? (Object.create(null) as Fields);
  fields[name] = value;
  return fields;
}
