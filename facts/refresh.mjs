// Reads AWS's own schema modules and writes one text file of facts per service: names, shapes and wire traits, no
// documentation. The format is described in docs/wire.md.
//
// The modules do not say everything: numbers have no width there and strings do not name their enumeration. Enumerations
// are taken from the type declarations beside the schemas; widths other than integer stand in `extras.facts`.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import zlib from "node:zlib";
import { pathToFileURL } from "node:url";

const [, , mode, factsFolder, source, ...services] = process.argv;

const TRAITS = { label: 1, payload: 16, status: 32 };
const SCALARS = { 0: "string", 1: "integer", 2: "boolean", 15: "document", 17: "long", 19: "double", 21: "blob", 42: "blob" };
const TIMES = { 4: null, 5: "date-time", 6: "http-date", 7: "epoch-seconds" };

function readExtras() {
  const extras = { meta: {}, shape: {}, rename: {} };
  for (const line of fs.readFileSync(path.join(factsFolder, "extras.facts"), "utf8").split("\n")) {
    const [kind, service, name, value, ...rest] = line.trim().split(/\s+/);
    if (!line.trim() || kind.startsWith("#")) continue;
    if (kind === "service") extras.meta[service] = [name, value, ...rest];
    else if (kind in extras) (extras[kind][service] ??= {})[name] = value;
    else throw new Error(`extras.facts: unknown line ${line}`);
  }
  return extras;
}

/** Enumerations by name, and the enumeration of each member: Structure.Member -> name. */
function readEnums(folder) {
  const enums = new Map();
  const file = path.join(folder, "dist-es/models/enums.js");
  if (fs.existsSync(file)) {
    const text = fs.readFileSync(file, "utf8");
    for (const block of text.matchAll(/export const (\w+) = \{([^}]*)\}/g)) {
      enums.set(block[1], [...block[2].matchAll(/:\s*("(?:[^"\\]|\\.)*")/g)].map((m) => JSON.parse(m[1])));
    }
  }
  const members = new Map();
  for (const name of fs.readdirSync(path.join(folder, "dist-types/models"))) {
    if (!/^models_\d+\.d\.ts$/.test(name)) continue;
    const text = fs.readFileSync(path.join(folder, "dist-types/models", name), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
    for (const block of text.matchAll(/export interface (\w+) \{([^}]*)\}/g)) {
      for (const m of block[2].matchAll(/^\s*(\w+)\??: (.+?)( \| undefined)?;$/gm)) {
        const type = m[2].replace(/\[\]|\(|\)/g, "").replace(/^Partial<Record<string, (\w+)>>$|^Record<string, (\w+)>$/, "$1$2");
        if (enums.has(type)) members.set(`${block[1]}.${m[1]}`, type);
      }
    }
    // A union is a namespace with one interface for each member it may be.
    for (const union of text.matchAll(/^export declare namespace (\w+) \{([\s\S]*?)^\}/gm)) {
      for (const m of union[2].matchAll(/^\s*(\w+): (\w+)(?:\[\])?;$/gm)) {
        if (enums.has(m[2])) members.set(`${union[1]}.${m[1]}`, m[2]);
      }
    }
  }
  return { enums, members };
}

class Writer {
  constructor(service, extras, linked) {
    this.service = service;
    // Models of JSON services name elements of XML too: nothing of theirs is XML.
    this.isJson = extras.meta[service][0].endsWith("json");
    this.shapes = extras.shape[service] ?? {};
    this.renames = extras.rename[service] ?? {};
    this.linked = linked;
    this.structures = new Map();
    this.lists = new Map();
    this.usedEnums = new Set();
  }

  name(schema) {
    return this.renames[schema] ?? schema;
  }

  /** The reference to a schema as the facts print it; visits named shapes once. `at` is where it is used. */
  reference(schema, at, linkedEnum) {
    if (typeof schema === "function") schema = schema();
    if (typeof schema === "number") {
      if (schema >= 128) return `map<${this.reference(schema & 63, at, linkedEnum)}>`;
      if (schema >= 64) return `list<${this.reference(schema & 63, `${at}.item`, linkedEnum)}>`;
      if (schema in TIMES) return "timestamp";
      if (schema === 0 && linkedEnum) {
        this.usedEnums.add(linkedEnum);
        return linkedEnum;
      }
      if (!(schema in SCALARS)) throw new Error(`${at}: schema ${schema}`);
      return this.shapes[at] ?? SCALARS[schema];
    }
    if (!Array.isArray(schema)) throw new Error(`${at}: ${JSON.stringify(schema)}`);
    if (schema[0] === 0) return this.reference(schema[4], at, linkedEnum);
    if (schema[0] === 1 || schema[0] === 2) return this.collection(schema, linkedEnum);
    // 3: structure, 4: union, -3: error, which streams hold as members.
    if ([3, 4, -3].includes(schema[0])) return this.structure(schema);
    throw new Error(`${at}: kind ${schema[0]}`);
  }

  collection(schema, linkedEnum) {
    const name = this.name(schema[2]);
    if (this.lists.has(name)) return name;
    this.lists.set(name, "");
    const part = (given, role) => {
      const [shape, traits] = Array.isArray(given) && typeof given[0] !== "number" || Array.isArray(given) && given.length === 2
        ? given : [given, 0];
      const wire = traits?.xmlName ? ` ${role}=${traits.xmlName}` : "";
      return [this.reference(shape, `${name}.${role}`, role === "key" ? undefined : linkedEnum), wire];
    };
    if (schema[0] === 1) {
      const [shape, wire] = part(schema[4], "item");
      this.lists.set(name, `list ${name} ${shape}${wire}`);
    } else {
      const [, keyWire] = part(schema[4], "key");
      const [shape, wire] = part(schema[5], "value");
      this.lists.set(name, `map ${name} ${shape}${keyWire}${wire}`);
    }
    return name;
  }

  structure(schema) {
    const name = this.name(schema[2]);
    if (this.structures.has(name)) return name;
    const lines = [`structure ${name}`];
    this.structures.set(name, lines);
    const required = typeof schema[6] === "number" ? schema[6] : 0;
    schema[4].forEach((member, index) => {
      const given = schema[5][index];
      const wrapped = Array.isArray(given) && given.length === 2;
      const [shape, traits] = wrapped ? given : [given, 0];
      const at = `${name}.${member}`;
      const flags = typeof traits === "number" ? traits : traits[0] ?? 0;
      const words = [member, this.reference(shape, at, this.linked.members.get(`${schema[2]}.${member}`))];
      if (index < required) words.push("required");
      if (traits.ec2QueryName) words.push(`query=${traits.ec2QueryName}`);
      if (traits.xmlName && !this.isJson) words.push(`xml=${traits.xmlName}`);
      if (traits.jsonName) words.push(`json=${traits.jsonName}`);
      if (traits.xmlFlattened) words.push("flat");
      if (typeof shape === "number" && TIMES[shape]) words.push(`time=${TIMES[shape]}`);
      if (traits.httpHeader) words.push(`header=${traits.httpHeader}`);
      if (traits.httpQuery) words.push(`querystring=${traits.httpQuery}`);
      if (flags & TRAITS.label) words.push("label");
      if (flags & TRAITS.payload) words.push("payload");
      if (flags & TRAITS.status) words.push("status");
      lines.push(`  ${words.join(" ")}`);
    });
    return name;
  }
}

/** The schema module alone: what it imports is for making requests and not needed here. */
async function loadSchemas(file) {
  const text = fs.readFileSync(file, "utf8")
    .replace(/^import .*$/gm, "")
    .replace(/^.*registerError\(.*$/gm, "")
    .replace(/^export var \w*ServiceException\$.*$/gm, "");
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "facts-"));
  const copy = path.join(folder, "schemas.mjs");
  fs.writeFileSync(copy, `class TypeRegistry { static for() { return new TypeRegistry(); } }\n${text}`);
  try {
    return await import(pathToFileURL(copy));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

async function write(extras) {
  for (const pair of services) {
    const [service, client] = pair.split("=");
    const folder = path.join(source, "@aws-sdk", client);
    const version = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8")).version;
    const module = await loadSchemas(path.join(folder, "dist-es/schemas/schemas_0.js"));
    const linked = readEnums(folder);
    const writer = new Writer(service, extras, linked);
    const operations = [];
    const errors = [];
    for (const schema of Object.values(module)) {
      if (!Array.isArray(schema)) continue;
      if (schema[0] === 9) {
        const unit = (end) => {
          const shape = typeof end === "function" ? end() : end;
          return Array.isArray(shape) && shape[0] === 3 ? writer.reference(shape, schema[2]) : "-";
        };
        const http = schema[3]?.http ? ` ${schema[3].http.join(" ")}` : "";
        operations.push(`operation ${schema[2]} ${unit(schema[4])} ${unit(schema[5])}${http}`);
      } else if (schema[0] === -3 && !String(schema[1]).startsWith("smithy.ts.")) {
        const query = schema[3]?.awsQueryError;
        const status = query?.[1] ?? schema[3]?.httpError ?? (schema[3]?.error === "server" ? 500 : 400);
        errors.push(`error ${schema[2]} ${query?.[0] ?? schema[2]} ${status}`);
      }
    }
    const meta = extras.meta[service].join(" ");
    const sorted = (lines) => [...lines].sort((a, b) => (a < b ? -1 : 1));
    const text = [
      `# npm @aws-sdk/${client} ${version} (Apache-2.0). Written by facts/refresh; do not edit.`,
      `service ${service} ${meta}`,
      ...sorted(operations),
      ...sorted(errors),
      ...sorted(writer.lists.values()),
      ...sorted(writer.usedEnums).map((name) => `enum ${name} ${linked.enums.get(name).join("|")}`),
      ...sorted([...writer.structures.values()].map((lines) => lines.join("\n"))),
      "",
    ].join("\n");
    fs.writeFileSync(path.join(factsFolder, `${service}.facts`), text);
    console.log(`${service}: ${operations.length} operations, ${writer.structures.size} structures, ${text.length} bytes`);
  }
}

/** The facts of one service as a map from a line's identity to its meaning; the same from a botocore model. */
function readFacts(file) {
  const found = { operations: new Map(), structures: new Map(), enums: new Map(), collections: new Map() };
  let members;
  for (const line of fs.readFileSync(file, "utf8").split("\n")) {
    const words = line.trim().split(" ");
    if (line.startsWith("  ")) members.set(words[0], words.slice(1));
    else if (words[0] === "operation") found.operations.set(words[1], words.slice(2, 4));
    else if (words[0] === "structure") found.structures.set(words[1], (members = new Map()));
    else if (words[0] === "list" || words[0] === "map") found.collections.set(words[1], words);
    else if (words[0] === "enum") found.enums.set(words[1], line.slice(6 + words[1].length).split("|"));
  }
  return found;
}

function readModel(service) {
  const folder = path.join(source, service);
  const newest = fs.readdirSync(folder).filter((name) => /^\d{4}-/.test(name)).sort().at(-1);
  const plain = path.join(folder, newest, "service-2.json");
  return JSON.parse(fs.existsSync(plain) ? fs.readFileSync(plain) : zlib.gunzipSync(fs.readFileSync(`${plain}.gz`)));
}

/** The kind of a reference in the facts and of a shape in the model: scalar name, or enum, list, map, structure. */
function factsKind(facts, reference) {
  if (reference.startsWith("list<")) return "list";
  if (reference.startsWith("map<")) return "map";
  if (facts.enums.has(reference)) return "string";
  if (facts.collections.has(reference)) return facts.collections.get(reference)[0];
  return facts.structures.has(reference) ? "structure" : reference;
}

/**
 * Differences are errors unless the facts are plainly newer: a new structure, a value more in an enumeration, a member that
 * need no longer be given. Names of list items mean nothing in JSON.
 */
function check() {
  let differences = 0;
  let newer = 0;
  const say = (text) => { differences++; console.log(text); };
  for (const file of fs.readdirSync(factsFolder).filter((name) => name.endsWith(".facts") && name !== "extras.facts")) {
    const service = file.slice(0, -6);
    const facts = readFacts(path.join(factsFolder, file));
    const model = readModel(service);
    for (const [name, operation] of Object.entries(model.operations)) {
      const ours = facts.operations.get(name);
      if (!ours) say(`${service}: operation ${name} is missing`);
      else if (ours[0] !== (operation.input?.shape ?? "-")) say(`${service}: ${name} takes ${operation.input?.shape}, not ${ours[0]}`);
      else if (operation.output && ours[1] !== operation.output.shape) say(`${service}: ${name} gives ${operation.output?.shape}, not ${ours[1]}`);
    }
    for (const [name, members] of facts.structures) {
      const shape = model.shapes[name];
      if (!shape) { newer++; continue; }
      for (const [member, given] of Object.entries(shape.members)) {
        const at = `${service}: ${name}.${member}`;
        const ours = members.get(member);
        if (!ours) { say(`${at} is missing`); continue; }
        const theirs = model.shapes[given.shape];
        if (factsKind(facts, ours[0]) !== theirs.type) say(`${at} is ${theirs.type}, not ${ours[0]}`);
        const required = (shape.required ?? []).includes(member);
        if (!required && ours.includes("required")) say(`${at} is not required`);
        else if (required && !ours.includes("required")) newer++;
        const trait = (key) => ours.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1);
        const outside = { header: trait("header"), querystring: trait("querystring"), uri: ours.includes("label") && member }[given.location];
        if (given.location === "uri") {
          if (!outside) say(`${at} is a label`);
        } else if (given.location === "header" || given.location === "querystring") {
          if (outside !== given.locationName) say(`${at}: ${given.location} ${given.locationName}`);
        } else if ((given.locationName ?? member) !== (trait("xml") ?? trait("json") ?? member)
          && !(given.locationName === undefined && trait("query") === member)) say(`${at}: wire name ${given.locationName}`);
        if (given.queryName !== undefined && given.queryName !== trait("query")) say(`${at}: query name ${given.queryName}`);
        const values = new Set(facts.enums.get(ours[0]) ?? []);
        const lost = (theirs.enum ?? []).filter((value) => !values.has(value));
        if (values.size > 0 && lost.length > 0) say(`${at}: enum ${given.shape} lacks ${lost.join(", ")}`);
        if (values.size === 0 && theirs.enum) say(`${at}: enum ${given.shape} is not linked`);
        if (theirs.type === "list" && !model.metadata.protocol.endsWith("json")) {
          const item = facts.collections.get(ours[0]);
          const wire = item?.find((word) => word.startsWith("item="))?.slice(5);
          if (theirs.member.locationName !== wire) say(`${at}: item name ${theirs.member.locationName}, not ${wire}`);
          const kind = factsKind(facts, item ? item[2] : ours[0].slice(5, -1));
          if (model.shapes[theirs.member.shape].type !== kind) say(`${at}: items are ${theirs.member.shape}, not ${kind}`);
        }
      }
    }
  }
  console.log(`${differences} differences; ${newer} structures and requirements are newer than the model`);
  process.exitCode = differences === 0 ? 0 : 1;
}

/** The facts of a REST-JSON service out of its botocore model: for those whose package for JavaScript has no schema modules. */
function model(extras, version) {
  for (const service of services) {
    const given = readModel(service);
    const used = new Map();
    const reference = (name) => {
      const shape = given.shapes[name];
      if (shape.enum) used.set(name, `enum ${name} ${shape.enum.join("|")}`);
      if (shape.enum || used.has(name)) return name;
      if (shape.type === "list" || shape.type === "map") {
        used.set(name, "");
        used.set(name, `${shape.type} ${name} ${reference((shape.member ?? shape.value).shape)}`);
      } else if (shape.type === "structure") {
        used.set(name, "");
        const lines = Object.entries(shape.members).map(([member, at]) => {
          const words = [member, reference(at.shape)];
          if (shape.required?.includes(member)) words.push("required");
          const place = { header: "header", querystring: "querystring" }[at.location];
          if (place) words.push(`${place}=${at.locationName}`);
          else if (at.location === "uri") words.push("label");
          else if (at.locationName && at.locationName !== member) words.push(`json=${at.locationName}`);
          return `  ${words.join(" ")}`;
        });
        used.set(name, [`structure ${name}`, ...lines].join("\n"));
      } else {
        return { float: "double", jsonvalue: "string" }[shape.type] ?? shape.type;
      }
      return name;
    };
    const operations = Object.entries(given.operations).map(([name, at]) =>
      `operation ${name} ${at.input ? reference(at.input.shape) : "-"} ${at.output ? reference(at.output.shape) : "-"} `
      + `${at.http.method} ${at.http.requestUri} ${at.http.responseCode ?? 200}`);
    const errors = new Set(Object.values(given.operations).flatMap((at) => (at.errors ?? []).map((error) => error.shape)));
    const errorLines = [...errors].map((name) => {
      const error = given.shapes[name].error;
      return `error ${name} ${error?.code ?? name} ${error?.httpStatusCode ?? (given.shapes[name].fault ? 500 : 400)}`;
    });
    const sorted = (lines) => [...lines].sort((a, b) => (a < b ? -1 : 1));
    const text = [
      `# pip botocore ${version} (Apache-2.0). Written by facts/refresh; do not edit.`,
      `service ${service} ${extras.meta[service].join(" ")}`,
      ...sorted(operations),
      ...sorted(errorLines),
      ...["list", "map", "enum", "structure"].flatMap((kind) => sorted([...used.values()].filter((line) => line.startsWith(`${kind} `)))),
      "",
    ].join("\n");
    fs.writeFileSync(path.join(factsFolder, `${service}.facts`), text);
    console.log(`${service}: ${operations.length} operations, ${text.length} bytes`);
  }
}

const extras = readExtras();
if (mode === "write") await write(extras); else if (mode === "model") model(extras, services.shift()); else check();
