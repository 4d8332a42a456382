package org.dpo4j.examples.service;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * A request and where its reply goes. Nothing here waits for a client.
 *
 * @param request what came
 * @param response what goes
 * @param done told when it is over
 * @param connections among which its connection is
 * @param metrics told of clients that went away
 */
record Exchange(
    Request request,
    Response response,
    Callback done,
    Connections connections,
    ServiceMetrics metrics) {

  EndPoint endPoint() {
    return request.getConnectionMetaData().getConnection().getEndPoint();
  }

  /** Sends the reply, after which the exchange is over. */
  void send(Reply reply) {
    EndPoint endPoint = endPoint();
    connections.replies(endPoint);
    byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
    response.setStatus(reply.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, reply.type());
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
    reply.headers().forEach((name, value) -> response.getHeaders().put(new HttpField(name, value)));
    response.write(true, ByteBuffer.wrap(bytes), Callback.from(() -> taken(endPoint), this::drop));
  }

  private void taken(EndPoint endPoint) {
    connections.waits(endPoint);
    done.succeeded();
  }

  /** Ends it without a reply, and its connection with it. */
  void drop(Throwable why) {
    metrics.dropped.increment();
    done.failed(why);
  }
}
