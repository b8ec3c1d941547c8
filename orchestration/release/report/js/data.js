// The figures of the release, as columns. Rows are found by their key; nothing is added up or divided.
const page = { vars: {}, texts: { en: {}, fr: {} }, checks: [], data: {} };

async function inflate(id) {
  const packed = atob(byId(id).textContent.trim());
  const bytes = new Uint8Array(packed.length);
  for (let place = 0; place < packed.length; place += 1) bytes[place] = packed.charCodeAt(place);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

class Row {
  constructor(set, place) {
    this.set = set;
    this.place = place;
  }

  get(column) {
    const values = this.set.columns[column];
    if (Array.isArray(values)) return values[this.place] ?? null;
    const word = values.places[this.place];
    return word === null ? null : values.words[word];
  }

  has(column) {
    return column in this.set.columns;
  }

  get key() {
    return this.set.key.map((column) => this.get(column));
  }
}

class Dataset {
  constructor(name, { key, columns }) {
    this.name = name;
    this.key = key;
    this.columns = columns;
    const [first] = Object.values(columns);
    this.rows = (Array.isArray(first) ? first : first.places).map((_, place) => new Row(this, place));
  }

  find(...key) {
    this.index ??= new Map(this.rows.map((row) => [row.key.join("\n"), row]));
    return this.index.get(key.join("\n")) ?? null;
  }

  where(test) {
    return this.rows.filter(test);
  }
}

async function readPage() {
  Object.assign(page, JSON.parse(await inflate("content")));
  for (const [name, packed] of Object.entries(page.data)) page.data[name] = new Dataset(name, packed);
}
