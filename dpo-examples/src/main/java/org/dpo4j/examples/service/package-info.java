/**
 * A plain Java service around a model: {@link org.dpo4j.examples.service.AnswerService} is an HTTP
 * server (Jetty) that answers with the best of several candidates, {@link
 * org.dpo4j.examples.service.ModelAnswers} what it asks, a model and an adapter loaded once. {@link
 * org.dpo4j.examples.service.LoadClient} puts a load on it.
 */
@NullMarked
package org.dpo4j.examples.service;

import org.jspecify.annotations.NullMarked;
