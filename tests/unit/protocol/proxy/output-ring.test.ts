import { array, assert, boolean, constantFrom, integer, property, tuple } from "fast-check";
import { describe, expect, test } from "vitest";
import { OutputRing } from "#protocol/proxy/output-ring.ts";

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);

function read(ring: OutputRing, pos: number, length: number): number[] {
  const target = new Uint8Array(length);
  ring.copyTo(target, pos);
  return [...target];
}

describe("output ring", () => {
  test("WP15: chunks are copied, so that later changes and larger buffers stay outside", () => {
    const ring = new OutputRing();
    const chunk = bytes(1, 2, 3);
    ring.append(chunk);
    chunk.fill(9);
    expect(read(ring, 0, 3)).toEqual([1, 2, 3]);
    const large = new Uint8Array(1 << 20);
    ring.append(large.subarray(5, 6));
    expect(ring.allocatedBytes).toBeLessThan(32 * 1024);
  });

  test("WP41: a run ends at the mark between stdout and stderr, and the mark survives trimming", () => {
    const ring = new OutputRing();
    ring.append(bytes(1, 2));
    ring.append(bytes(3, 4, 5), true);
    ring.append(bytes(6));
    expect(ring.run(0, 100)).toEqual({ length: 2, stderr: false });
    expect(ring.run(2, 100)).toEqual({ length: 3, stderr: true });
    expect(ring.run(5, 100)).toEqual({ length: 1, stderr: false });
    ring.trimTo(4);
    expect(ring.run(4, 100)).toEqual({ length: 1, stderr: true });
    expect(ring.base).toBe(4);
  });

  test("reads outside base and end are refused; trimming goes neither back nor past the end", () => {
    const ring = new OutputRing();
    ring.append(bytes(1, 2, 3, 4));
    ring.trimTo(2);
    ring.trimTo(1);
    expect(ring.base).toBe(2);
    expect(() => read(ring, 1, 1)).toThrow(RangeError);
    expect(() => read(ring, 3, 2)).toThrow(RangeError);
    ring.trimTo(100);
    expect([ring.base, ring.end]).toEqual([4, 4]);
    ring.append(bytes(5));
    expect(read(ring, 4, 1)).toEqual([5]);
  });

  test("any mix of appends and trims reads like one array; memory follows what is held", () => {
    const step = tuple(integer({ min: 1, max: 50_000 }), boolean(), constantFrom(0, 0.5, 1));
    assert(
      property(array(step, { maxLength: 12 }), (steps) => {
        const ring = new OutputRing();
        const all: number[] = [];
        const kinds: boolean[] = [];
        for (const [length, stderr, trim] of steps) {
          const chunk = Uint8Array.from({ length }, (_, at) => (all.length + at * 7) & 0xff);
          for (const byte of chunk) {
            all.push(byte);
            kinds.push(stderr);
          }
          ring.append(chunk, stderr);
          ring.trimTo(Math.floor(ring.base + (ring.end - ring.base) * trim));
          expect(ring.end).toBe(all.length);
          expect(ring.allocatedBytes).toBeLessThanOrEqual(ring.end - ring.base + 3 * 16_384);
          const run = ring.run(ring.base, 40_000);
          expect(read(ring, ring.base, run.length)).toEqual(all.slice(ring.base, ring.base + run.length));
          expect(kinds.slice(ring.base, ring.base + run.length).every((kind) => kind === run.stderr)).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });
});
