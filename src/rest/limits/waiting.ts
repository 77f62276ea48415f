/** A task that waits. It leaves its lines when it starts or is refused. */
export class Task {
  readonly entered: Promise<boolean>;
  readonly #lines: Line[] = [];
  readonly #onEnd: () => void;
  #resolve: (hasPlace: boolean) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
    this.entered = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  join(line: Line): void {
    if (this.#lines.includes(line)) return;
    this.#lines.push(line);
    line.add(this);
  }

  isOf(owner: string): boolean {
    return this.#lines.some((line) => line.owner === owner);
  }

  start(hasPlace: boolean): void {
    this.#end();
    this.#resolve(hasPlace);
  }

  refuse(error: unknown): void {
    this.#end();
    this.#reject(error);
  }

  #end(): void {
    for (const line of this.#lines) line.remove(this);
    this.#onEnd();
  }
}

/** Tasks that wait for one owner, and those of owners within it. */
export class Line {
  readonly owner: string;
  readonly within = new Map<string, Line>();
  readonly #parent: Line | undefined;
  readonly #tasks = new Set<Task>();
  /** All tasks, those within included. */
  size = 0;

  constructor(owner = '', parent?: Line) {
    this.owner = owner;
    this.#parent = parent;
  }

  lineOf([owner, ...rest]: readonly string[]): Line {
    if (owner === undefined) return this;
    const line = this.within.get(owner) ?? new Line(owner, this);
    this.within.set(owner, line);
    return line.lineOf(rest);
  }

  add(task: Task): void {
    this.#tasks.add(task);
    this.#grow(1);
  }

  remove(task: Task): void {
    if (!this.#tasks.delete(task)) return;
    this.#grow(-1);
  }

  /** The next task; its owners go to the end of their turn. */
  takeTurn(): Task | undefined {
    const [task] = this.#tasks;
    if (task !== undefined) return task;
    const [line] = this.within.values();
    if (line === undefined) return undefined;
    this.within.delete(line.owner);
    this.within.set(line.owner, line);
    return line.takeTurn();
  }

  last(): Task | undefined {
    return [...this.#tasks].at(-1) ?? this.longest()?.last();
  }

  /** The line of the owner within this one who has the most tasks. */
  longest(): Line | undefined {
    let longest: Line | undefined;
    for (const line of this.within.values()) if (line.size > (longest?.size ?? 0)) longest = line;
    return longest;
  }

  #grow(by: number): void {
    this.size += by;
    if (this.size === 0) this.#parent?.within.delete(this.owner);
    if (this.#parent !== undefined) this.#parent.#grow(by);
  }
}
