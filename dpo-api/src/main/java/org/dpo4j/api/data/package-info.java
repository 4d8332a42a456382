/**
 * Preference data from files, as published data sets and annotation tools write it. Start at {@link
 * org.dpo4j.api.data.PreferenceFiles}: it says what to read and how, recognises the format, and
 * gives a dataset with a {@link org.dpo4j.api.DataSummary} of what was read and what was not.
 *
 * <p>What a record says is a {@code Judgement}; each {@code Format} makes judgements of records,
 * and a {@code Shape} makes pairs, rankings, thumbs or demonstrations of judgements.
 */
@NullMarked
package org.dpo4j.api.data;

import org.jspecify.annotations.NullMarked;
