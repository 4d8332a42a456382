/**
 * What an objective is given: log-probabilities per completion token ({@link
 * org.dpo4j.core.batch.TokenValues}) and the batch they form: pairs, unpaired completions, rankings
 * or scalar rewards. Everything here is immutable and checked when it is made, so that no loss has
 * to check again. Entry point: {@link org.dpo4j.core.batch.PairBatch}.
 */
@NullMarked
package org.dpo4j.core.batch;

import org.jspecify.annotations.NullMarked;
