/**
 * How fast training is, and how much memory it takes: {@link
 * org.dpo4j.benchmarks.TrainingBenchmark} trains SmolLM2-135M-Instruct in several settings, each in
 * a process of its own, and lets TRL do the same where it is there. Sees only what users see.
 */
@NullMarked
package org.dpo4j.benchmarks;

import org.jspecify.annotations.NullMarked;
