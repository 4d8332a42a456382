/**
 * The experiment of the DPO paper's section 6.1, controlled sentiment, in miniature and with
 * nothing from elsewhere: a small decoder learns to write film reviews, and from preferences to
 * like films. {@link org.dpo4j.examples.demo.SentimentDemo} reads from top to bottom.
 */
@NullMarked
package org.dpo4j.examples.demo;

import org.jspecify.annotations.NullMarked;
