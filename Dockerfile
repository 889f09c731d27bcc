# docker build -t pytorch-basics-live . && docker run --rm -p 8501:8501 pytorch-basics-live
FROM python:3.12.12-slim-bookworm

# glibc otherwise keeps a pool of memory for every thread; two are enough for a page and a worker
ENV MALLOC_ARENA_MAX=2 PIP_NO_CACHE_DIR=1 PYTHONUNBUFFERED=1

WORKDIR /app
COPY requirements.txt .
# CPU-only wheels, both packages from one place; leave this line out on a machine with a GPU
RUN pip install torch torchvision --index-url https://download.pytorch.org/whl/cpu
RUN pip install -r requirements.txt
COPY . .
RUN useradd --create-home app && mkdir -p data runs && chown app data runs
USER app
EXPOSE 8501
HEALTHCHECK CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://localhost:{os.environ.get(\"PORT\", 8501)}/_stcore/health', timeout=5)"]
# the app starts on the sample if the full dataset cannot be had
CMD ["sh", "-c", "python -m core.data fetch; exec streamlit run streamlit_app.py --server.port ${PORT:-8501}"]
