package org.dpo4j.examples.service;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What the server itself refuses, such as a request that is no HTTP, in this service's form. */
final class ErrorReplies extends ErrorHandler {

  private final int maxHeaderBytes;

  ErrorReplies(int maxHeaderBytes) {
    this.maxHeaderBytes = maxHeaderBytes;
  }

  @Override
  public boolean errorPageForMethod(String method) {
    return true;
  }

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int code,
      String message,
      Throwable cause,
      Callback callback) {
    Reply reply = reply(code, message);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, reply.type());
    response.write(true, ByteBuffer.wrap(reply.body().getBytes(StandardCharsets.UTF_8)), callback);
  }

  private Reply reply(int status, String reason) {
    if (status == 431) {
      return Reply.error(status, "headers must be at most " + maxHeaderBytes + " bytes");
    }
    return Reply.error(
        status,
        status < 500
            ? "the request can't be read: " + reason
            : "the request failed; the service's log says why");
  }
}
