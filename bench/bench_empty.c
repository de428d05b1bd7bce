/* Links libcrypto and does nothing: what a process costs before it can do anything of ours. */
int main(void)
{
    return 0;
}
