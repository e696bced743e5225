import { wireEvent } from '../../schemas/wire-event.ts';

type EventSchema = (typeof wireEvent.options)[number];

/**
 * Makes a table of the contract's event types. It compares the text of the type: a Map would look up each event's own
 * copy of it among all texts of the engine first, which costs more than all the comparisons.
 */
export function createTypeTable<Value>(
  valueFrom: (schema: EventSchema) => Value,
): (type: unknown) => Value | undefined {
  const entries = wireEvent.options.map((schema) => ({
    type: schema.shape.type.value,
    value: valueFrom(schema),
  }));
  return (type) => {
    for (const entry of entries) if (entry.type === type) return entry.value;
    return undefined;
  };
}
