import { isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { printedSchema } from '../../src/schema/print.ts';
import { createSchema } from '../../src/schema/schema.ts';

const schema = createSchema();
const types = Object.values(schema.getTypeMap()).filter(
  (type) => !type.name.startsWith('__') && !['Boolean', 'Float', 'ID', 'Int', 'String'].includes(type.name),
);

describe('the schema', () => {
  // `npm run schema` writes the file.
  it('is the committed one', async () => {
    await expect(printedSchema()).toMatchFileSnapshot('../../schema.graphql');
  });

  it('describes every type, field, argument and value', () => {
    const undescribed = types.flatMap((type) => {
      const own = type.description ? [] : [type.name];
      if (isEnumType(type)) return [...own, ...type.getValues().flatMap((value) => (value.description ? [] : [`${type.name}.${value.name}`]))];
      if (isInputObjectType(type))
        return [...own, ...Object.values(type.getFields()).flatMap((field) => (field.description ? [] : [`${type.name}.${field.name}`]))];
      if (!isObjectType(type) && !isInterfaceType(type)) return own;
      return [
        ...own,
        ...Object.values(type.getFields()).flatMap((field) => [
          ...(field.description ? [] : [`${type.name}.${field.name}`]),
          ...field.args.flatMap((argument) => (argument.description ? [] : [`${type.name}.${field.name}(${argument.name})`])),
        ]),
      ];
    });
    expect(undescribed).toEqual([]);
  });

  it('names each connection, edge, input and payload so that it can be guessed', () => {
    const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
    for (const { name, args, type } of mutations) {
      const capitalised = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
      expect(args.map((argument) => `${argument.name}: ${String(argument.type)}`)).toEqual([`input: ${capitalised}Input!`]);
      expect(String(type)).toBe(`${capitalised}Payload!`);
    }
    for (const type of types.filter(({ name }) => name.endsWith('Connection'))) {
      if (!isObjectType(type)) throw new Error(`${type.name} is no object`);
      const node = type.name.replace(/Connection$/, '');
      expect(String(type.getFields()['edges']?.type)).toBe(`[${node}Edge!]!`);
    }
  });

  it('has enum values in upper case', () => {
    const names = types.filter(isEnumType).flatMap((type) => type.getValues().map(({ name }) => name));
    expect(names.filter((name) => !/^[A-Z][A-Z0-9_]*$/.test(name))).toEqual([]);
  });
});
